import { useEffect, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { contentOf } from '../../../parts/formats/content.js';
import { timeOfId } from '../../../parts/formats/format.js';
import { useFeed } from '../../../parts/loading/use-feed.js';
import type { PictureSource } from './picture-source.js';

/** What the server makes of entries before it sends them; `auto`: JPEGs where the browser cannot draw them as they are. */
export type Conversion = 'auto' | 'none' | 'jpg' | 'png';

/**
 * Follows the newest pictures of a stream.
 *
 * @param isOn whether they are followed now
 * @returns why no more come
 */
export function usePictures(source: PictureSource, conversion: Conversion, isOn: boolean): unknown {
  const [isHelped, setHelped] = useState(false);
  useEffect(() => setHelped(false), [source, conversion]);
  const output =
    conversion === 'auto' ? (isHelped ? 'jpg' : undefined) : conversion === 'none' ? undefined : conversion;

  return useFeed(
    async (signal, alive) => {
      if (!isOn) return;
      const entries = server('streams').streams.pull(source.stream, {
        after: '*',
        count: 1,
        latest: true,
        signal,
        ...(output && { output }),
        onGap: () => undefined,
        onSkipped: ({ entries: count }) => source.skip(count),
        onUnreadable: ({ reason }) => source.refuse(reason ?? 'The server cannot read them'),
      });
      for await (const { id, data } of entries) {
        alive();
        if (!output && contentOf(data).kind !== 'picture') {
          if (conversion === 'auto') {
            setHelped(true);
            return;
          }
          source.refuse('It is not a picture that a browser can draw');
        } else source.take({ id, time: timeOfId(id), bytes: data, isConverted: output !== undefined });
      }
    },
    [source, output, conversion, isOn],
  );
}
