import { useEffect, useState } from 'preact/hooks';
import { timeOfId } from '../../../parts/formats/format.js';
import type { Stage } from '../feed/stage.js';
import { readOriginal } from './save-frame.js';

/**
 * Shows the picture of an entry, to which a link led.
 *
 * @param id undefined: none
 * @param hold hears of the time at which it stands
 * @returns why it cannot be shown
 */
export function useLinkedFrame(
  stage: Stage,
  stream: string,
  id: string | undefined,
  hold: (time: number) => void,
): unknown {
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    setFailure(undefined);
    if (id === undefined) return undefined;
    const ended = new AbortController();
    readOriginal(stream, id, ended.signal).then(
      (bytes) => {
        const time = timeOfId(id);
        stage.source(stream).frames.add({ id, time, bytes, isConverted: false });
        hold(time);
      },
      (error: unknown) => {
        if (!ended.signal.aborted) setFailure(error);
      },
    );
    return () => ended.abort();
  }, [stage, stream, id]);
  return failure;
}
