import { useEffect, useRef, useState } from 'preact/hooks';
import { theme } from '../../app/theme.js';
import { ChartLegend } from './chart-legend.js';
import { describeChart } from './describe-chart.js';
import type { ChartLine, TimeRange } from './chart-line.js';
import type { Drawing } from './drawing.js';
import { shortNumber } from './short-number.js';
import { textOf } from '../formats/text-of.js';

export type { ChartLine, LineColour, TimeRange } from './chart-line.js';

interface LineChartProps {
  /** What the chart shows, such as "Entries a second". */
  readonly label: string;
  /** Milliseconds since 1970, growing: one for each value of every line. */
  readonly times: ArrayLike<number>;
  readonly lines: readonly ChartLine[];
  /** A value with its unit. @default up to six digits that count */
  readonly format?: (value: number) => string;
  /** Height of the drawing, in pixels. @default 220 */
  readonly height?: number;
  /** What is shown, in milliseconds. @default all of `times`, or what the user has zoomed to */
  readonly range?: TimeRange | undefined;
  /** Lets the user drag over a span to see it alone; a double click shows all again. @default false */
  readonly zoomable?: boolean;
  /** Hears what the user has zoomed to; undefined: all. */
  readonly onZoom?: (range: TimeRange | undefined) => void;
  /** Names and values below the drawing. @default true */
  readonly legend?: boolean;
}

/** Lines over time. The script that draws them is fetched when the first chart is shown. */
export function LineChart({
  label,
  times,
  lines,
  format = shortNumber,
  height = 220,
  range,
  zoomable = false,
  onZoom,
  legend = true,
}: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing>();
  const [failure, setFailure] = useState<unknown>();
  const [place, setPlace] = useState<number>();
  const [zoomed, setZoomed] = useState<TimeRange>();

  useEffect(() => {
    const ended = new AbortController();
    let made: Drawing | undefined;
    import('./drawing.js').then(
      ({ Drawing: Chart }) => {
        const { current } = box;
        // The page may have been left while the script came.
        if (ended.signal.aborted || !current) return;
        made = new Chart(current);
        setDrawing(made);
      },
      (error: unknown) => setFailure(error),
    );
    return () => {
      ended.abort();
      made?.end();
    };
  }, []);

  useEffect(
    () =>
      drawing?.listen({
        onPlace: setPlace,
        ...(zoomable && {
          onZoom: (span: TimeRange | undefined) => {
            setZoomed(span);
            onZoom?.(span);
          },
        }),
      }),
    [drawing, zoomable, onZoom],
  );
  useEffect(() => {
    drawing?.show({ times, lines, format, height, range: range ?? zoomed });
  }, [drawing, times, lines, format, height, range, zoomed]);
  useEffect(() => drawing && theme.subscribe(() => drawing.recolour()), [drawing]);

  return (
    <figure class="chart">
      <div
        ref={box}
        class="chart-drawing"
        role="img"
        aria-label={describeChart(label, times, lines, format)}
        style={{ height: `${height}px` }}
      />
      {failure !== undefined && <p class="bad">The chart could not be drawn: {textOf(failure)}</p>}
      {legend && <ChartLegend times={times} lines={lines} format={format} place={place} />}
    </figure>
  );
}
