import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { link } from '../../../app/route.js';
import { server } from '../../../app/servers.js';
import { Badge } from '../../../parts/display/badge.js';
import { Button } from '../../../parts/controls/button.js';
import { bytes, dateTime } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import { useTicks } from '../../../parts/loading/use-ticks.js';
import type { Stage } from '../feed/stage.js';
import { type Conversion, usePictures } from '../feed/use-pictures.js';
import { FrameFacts } from './frame-facts.js';
import { SaveFrame } from './save-frame.js';

interface PictureTileProps {
  readonly stage: Stage;
  readonly stream: string;
  readonly conversion: Conversion;
  /** Whether new pictures are followed. */
  readonly isOn: boolean;
  /** Whether it is the only one, whose name stands above. */
  readonly isAlone: boolean;
  /** Milliseconds by which the clock of this computer is ahead. */
  readonly clockDifference: number;
}

/** The pictures of one stream, with what is to be known of them. */
export function PictureTile({ stage, stream, conversion, isOn, isAlone, clockDifference }: PictureTileProps) {
  const source = stage.source(stream);
  const canvas = useRef<HTMLCanvasElement>(null);
  const tile = useRef<HTMLElement>(null);
  const [isWhole, setWhole] = useState(false);
  const failure = usePictures(source, conversion, isOn);
  const info = useLoaded((signal) => server('streams').streams.info(stream, { signal }), [stream], { every: 5000 });
  useTicks(500);

  useLayoutEffect(() => {
    source.canvas = canvas.current!;
    return () => {
      source.canvas = undefined;
      stage.remove(stream);
    };
  }, [source]);
  useEffect(() => {
    const look = (): void => setWhole(document.fullscreenElement === tile.current);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  useEffect(() => {
    if (!isWhole) return undefined;
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setWhole(false);
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [isWhole]);

  const toggleWhole = async (): Promise<void> => {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (!isWhole && document.fullscreenEnabled) await tile.current!.requestFullscreen();
    // Phones that have no full screen for a part of a page get one within the window.
    else setWhole(!isWhole);
  };

  const { shown } = source;
  const fault = failure ?? info.error;
  const isMissing = info.value?.exists === false;
  return (
    <figure ref={tile} class={`picture card${isWhole ? ' whole' : ''}`} aria-label={stream}>
      {!isAlone && (
        <figcaption class="row">
          <a class="break" href={link(['streams', stream, 'picture'])}>
            {stream}
          </a>
          {info.value?.ended && <Badge>Ended</Badge>}
        </figcaption>
      )}
      {fault !== undefined && <Notice kind="error">{textOf(fault)}</Notice>}
      <div class="picture-place">
        <canvas
          ref={canvas}
          role="img"
          aria-label={shown ? `Picture of ${stream} from ${dateTime(shown.time)}` : `No picture of ${stream} yet`}
        />
        {!shown && (
          <p class="picture-words" role="status">
            {source.unreadable > 0
              ? `The entries of this stream are not pictures that can be shown. ${source.reason}.`
              : isMissing
                ? 'There is no such stream yet. Its pictures are shown as soon as they come.'
                : 'Waiting for a picture …'}
          </p>
        )}
      </div>
      {shown && <FrameFacts source={source} frame={shown} isOn={isOn} clockDifference={clockDifference} />}
      <div class="row">
        {shown && <SaveFrame stream={stream} shown={() => source.shown ?? shown} />}
        <Button label={isWhole ? 'Leave the full screen' : `Full screen: ${stream}`} onClick={toggleWhole}>
          {isWhole ? 'Leave full screen' : 'Full screen'}
        </Button>
        {shown && (
          <span class="soft small">
            {canvas.current?.width} × {canvas.current?.height}, {bytes(shown.bytes.length)}
          </span>
        )}
      </div>
    </figure>
  );
}
