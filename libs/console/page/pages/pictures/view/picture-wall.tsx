import { useEffect, useMemo, useState } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { useClockDifference } from '../feed/clock-difference.js';
import { Choice } from '../../../parts/controls/field.js';
import { span } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { useVisible } from '../feed/use-visible.js';
import { CONVERSIONS, chooseView, DELAYS, readView } from '../choice.js';
import { Stage } from '../feed/stage.js';
import { PictureTile } from './picture-tile.js';
import { Scrubber } from './scrubber.js';
import { useLinkedFrame } from './use-linked-frame.js';

/** The pictures of one stream, or of several side by side at one time. */
export function PictureWall({ streams }: { readonly streams: readonly string[] }) {
  const stage = useMemo(() => new Stage(), []);
  const { conversion, delay, id } = readView();
  const [held, setHeld] = useState<number>();
  const isVisible = useVisible();
  const clockDifference = useClockDifference();
  const isAlone = streams.length === 1;
  const linkFailure = useLinkedFrame(stage, streams[0]!, isAlone ? id : undefined, setHeld);
  const isPaused = held !== undefined || (isAlone && id !== undefined);

  useEffect(() => stage.run(), [stage]);
  stage.delay = isAlone ? 0 : Number(delay);
  stage.held = held;

  const onPause = (): void => {
    if (!isPaused) setHeld(stage.shownTime ?? Date.now());
    else {
      setHeld(undefined);
      chooseView({ id: undefined });
    }
  };
  const times = isPaused ? stage.times : [];

  return (
    <div class="stack">
      <div class="row picture-controls">
        <Button pressed={isPaused} onClick={onPause}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
        <Choice
          label="Conversion"
          value={conversion}
          onChange={(value) => chooseView({ conversion: value })}
          choices={CONVERSIONS}
        />
        {!isAlone && (
          <Choice
            label="Common delay"
            value={delay}
            onChange={(value) => chooseView({ delay: value })}
            choices={DELAYS}
          />
        )}
      </div>
      {linkFailure !== undefined && <Notice kind="warning">{textOf(linkFailure)}</Notice>}
      {clockDifference !== 0 && (
        <Notice kind="info">
          The clock of this computer is about {span(Math.abs(clockDifference))}{' '}
          {clockDifference > 0 ? 'ahead of' : 'behind'} that of the server; the delay is told without that.
        </Notice>
      )}
      {held !== undefined && times.length > 0 && <Scrubber times={times} time={held} onChange={setHeld} />}
      <div class={isAlone ? 'pictures alone' : 'pictures'}>
        {streams.map((stream) => (
          <PictureTile
            key={stream}
            stage={stage}
            stream={stream}
            conversion={conversion}
            isOn={isVisible && !isPaused}
            isAlone={isAlone}
            clockDifference={clockDifference}
          />
        ))}
      </div>
    </div>
  );
}
