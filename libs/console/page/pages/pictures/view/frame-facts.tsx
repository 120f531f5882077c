import { count, dateTime, span } from '../../../parts/formats/format.js';
import type { Frame } from '../feed/frame.js';
import type { PictureSource } from '../feed/picture-source.js';

interface FrameFactsProps {
  readonly source: PictureSource;
  readonly frame: Frame;
  readonly isOn: boolean;
  readonly clockDifference: number;
}

/** A picture that is older than this when it is drawn is not live, in milliseconds. */
const OLD = 60_000;

/** How the pictures of a stream come: how many, how late, and what is left out. */
export function FrameFacts({ source, frame, isOn, clockDifference }: FrameFactsProps) {
  const delay = source.delay - clockDifference;
  return (
    <dl class="facts small">
      <Fact name="Time">
        {new Date(frame.time).toLocaleTimeString(undefined, {
          fractionalSecondDigits: 3,
          hour: '2-digit',
          minute: '2-digit',
          second: '2-digit',
          hourCycle: 'h23',
        })}
      </Fact>
      {isOn && <Fact name="Frames a second">{source.meter.rate.toFixed(1)}</Fact>}
      {isOn && <Fact name="Delay">{delay > OLD ? `from ${dateTime(frame.time)}` : delayText(delay)}</Fact>}
      {(source.skipped > 0 || source.isSkippedMore) && (
        <Fact name="Late frames skipped">{`${source.isSkippedMore ? 'more than ' : ''}${count(source.skipped)}`}</Fact>
      )}
      {source.unreadable > 0 && <Fact name="Not pictures">{count(source.unreadable)}</Fact>}
      {frame.isConverted && <Fact name="Converted">by the server</Fact>}
    </dl>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: string | string[] | (string | undefined)[];
}) {
  return (
    <div>
      <dt class="soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function delayText(delay: number): string {
  return delay < 1000 ? `${Math.round(delay)} ms` : span(delay);
}
