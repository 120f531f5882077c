import { useId } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { placeOf } from '../../../parts/formats/place-of.js';

interface ScrubberProps {
  /** Times of the frames that can be gone back to, in milliseconds since 1970. */
  readonly times: readonly number[];
  /** The time that is shown. */
  readonly time: number;
  readonly onChange: (time: number) => void;
}

const TIME = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
} as const;

/** Goes back through the frames that are kept, in all streams together. */
export function Scrubber({ times, time, onChange }: ScrubberProps) {
  const id = useId();
  const place = Math.max(0, placeOf(times, time + 1) - 1);
  const text = new Date(times[place] ?? time).toLocaleTimeString(undefined, TIME);
  const step = (by: number): void => {
    const next = times[place + by];
    if (next !== undefined) onChange(next);
  };
  return (
    <div class="row scrubber">
      <Button label="The frame before" onClick={() => step(-1)}>
        ‹
      </Button>
      <label class="hidden" for={id}>
        Time
      </label>
      <input
        id={id}
        class="grow"
        type="range"
        min={0}
        max={Math.max(0, times.length - 1)}
        value={place}
        aria-valuetext={text}
        onInput={({ currentTarget }) => onChange(times[Number(currentTarget.value)]!)}
      />
      <Button label="The frame after" onClick={() => step(1)}>
        ›
      </Button>
      <span class="mono small">
        {text} ({place + 1} of {times.length})
      </span>
    </div>
  );
}
