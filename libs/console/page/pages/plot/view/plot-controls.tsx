import { Button } from '../../../parts/controls/button.js';
import { download } from '../../../parts/formats/download.js';
import { Choice, Tick } from '../../../parts/controls/field.js';
import { count } from '../../../parts/formats/format.js';
import type { TimeRange } from '../../../parts/chart/line-chart.js';
import { choose, type PlotChoice, type SpanName, SPANS } from '../choice/plot-choice.js';
import type { PlottedLine } from '../choice/plotted-line.js';
import { csvOf } from '../numbers/csv.js';
import type { PlotData } from '../numbers/plot-data.js';

interface PlotControlsProps {
  readonly choice: PlotChoice;
  readonly data: PlotData;
  readonly lines: readonly PlottedLine[];
  readonly range: TimeRange;
  readonly isPaused: boolean;
  /** Entries that came since the pause. */
  readonly waiting: number;
  readonly onPause: (isPaused: boolean) => void;
}

const SPAN_NAMES = Object.fromEntries(Object.entries(SPANS).map(([key, { name }]) => [key, name])) as Record<
  SpanName,
  string
>;

/** What can be done with a plot; all of it without a mouse too. */
export function PlotControls({ choice, data, lines, range, isPaused, waiting, onPause }: PlotControlsProps) {
  const width = range.to - range.from;
  const see = (from: number, to: number): void => choose({ range: { from, to } });

  return (
    <div class="row plot-controls">
      <div class="span-choice">
        <Choice
          label="Span"
          value={choice.span}
          onChange={(span) => choose({ span, range: undefined })}
          choices={SPAN_NAMES}
          bare
        />
      </div>
      <Button pressed={isPaused} onClick={() => onPause(!isPaused)}>
        {isPaused ? 'Go on' : 'Pause'}
      </Button>
      <span class="row" role="group" aria-label="Zoom">
        <Button label="Zoom in" onClick={() => see(range.from + width / 4, range.to - width / 4)}>
          +
        </Button>
        <Button label="Zoom out" onClick={() => see(range.from - width / 2, range.to + width / 2)}>
          −
        </Button>
        <Button label="Earlier" onClick={() => see(range.from - width / 2, range.to - width / 2)}>
          ←
        </Button>
        <Button label="Later" onClick={() => see(range.from + width / 2, range.to + width / 2)}>
          →
        </Button>
        <Button onClick={() => choose({ range: undefined })}>Reset zoom</Button>
      </span>
      {lines.length > 1 && (
        <Tick label="A chart for each line" checked={choice.isApart} onChange={(isApart) => choose({ isApart })} />
      )}
      <Button
        disabled={lines.length === 0}
        onClick={() =>
          download(
            `plot-${new Date(range.to).toISOString().slice(0, 19)}.csv`,
            csvOf(data, lines, range),
            'text/csv;charset=utf-8',
          )
        }
      >
        Download as CSV
      </Button>
      <span class="soft small" role="status">
        {isPaused && `Paused; ${count(waiting)} ${waiting === 1 ? 'entry' : 'entries'} came since.`}
        {!isPaused && choice.range && 'Zoomed: new entries are not followed until the zoom is reset.'}
      </span>
    </div>
  );
}
