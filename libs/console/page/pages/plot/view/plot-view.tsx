import { useCallback, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { Empty } from '../../../parts/display/empty.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import { useTicks } from '../../../parts/loading/use-ticks.js';
import { choose, readChoice, SPANS } from '../choice/plot-choice.js';
import { linesOf } from '../choice/plotted-line.js';
import { usePlotData } from '../numbers/use-plot-data.js';
import { Charts } from './charts.js';
import { FieldChoice } from './field-choice.js';
import { FiguresTable } from './figures-table.js';
import { PlotControls } from './plot-controls.js';
import { PlotNotes } from './plot-notes.js';
import { shownRange } from './shown-range.js';

/** Milliseconds from one drawing to the next: long spans move slowly. */
const SOON = 100;
const LATER = 250;

/** Milliseconds from one look at what is known of the streams to the next. */
const LOOK = 5000;

/** The numbers of streams over time. What is chosen stands in the address. */
export function PlotView({ streams }: { readonly streams: readonly string[] }) {
  const choice = readChoice();
  const span = SPANS[choice.span].milliseconds;
  const { data, progress, failure } = usePlotData(streams, span, choice.range?.from);
  const infos = useLoaded(
    (signal) => Promise.all(streams.map((stream) => server('streams').streams.info(stream, { signal }))),
    [streams.join('/')],
    { every: LOOK },
  );
  // Where the plot stands while it is paused.
  const [held, setHeld] = useState<{ readonly edge: number; readonly version: number }>();
  useTicks(held === undefined ? (span <= 60_000 ? SOON : LATER) : progress === undefined ? 1000 : SOON);

  const onZoom = useCallback((range: Parameters<typeof choose>[0]['range']) => choose({ range }), []);
  const edge = held?.edge ?? data.edge(span);
  const range = choice.range ?? shownRange(data, edge, span);
  const lines = linesOf(data, choice.fields);

  return (
    <div class="stack">
      {failure !== undefined && <Notice kind="error">{textOf(failure)}</Notice>}
      <PlotControls
        choice={choice}
        data={data}
        lines={lines}
        range={range}
        isPaused={held !== undefined}
        waiting={held ? data.version - held.version : 0}
        onPause={(isPaused) => setHeld(isPaused ? { edge, version: data.version } : undefined)}
      />
      {progress !== undefined && (
        <label class="row small soft">
          <progress value={progress} max={1} />
          Reading the history: {Math.round(progress * 100)} %
        </label>
      )}
      {lines.length > 0 ? (
        <Charts data={data} lines={lines} range={range} isApart={choice.isApart} onZoom={onZoom} />
      ) : (
        progress === undefined && (
          <Empty>
            {choice.fields?.length === 0
              ? 'Choose a field below to see its numbers.'
              : 'No numbers yet. They are drawn as soon as an entry comes with one: JSON with numbers in it, or a number as text.'}
          </Empty>
        )
      )}
      <PlotNotes data={data} infos={infos.value ?? []} lines={lines} range={range} />
      {lines.length > 0 && <FiguresTable data={data} lines={lines} range={range} />}
      <FieldChoice data={data} lines={lines} isChosen={choice.fields !== undefined} />
    </div>
  );
}
