import uPlot from 'uplot';
import { TIME_STEPS, timeLabels, timesBetween } from './time-labels.js';
import type { ChartLine, TimeRange } from './chart-line.js';

/** What a drawing shows. */
interface Content {
  readonly times: ArrayLike<number>;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  readonly height: number;
  readonly range: TimeRange | undefined;
}

/** What the user does with a drawing. */
interface Listener {
  /** Points at the time of this number; undefined: at nothing. */
  readonly onPlace: (place: number | undefined) => void;
  /** Wants to see a span alone; undefined: all. Without it nothing can be dragged. */
  readonly onZoom?: (range: TimeRange | undefined) => void;
}

/** Spans below so many pixels are a slip of the hand. */
const LEAST_DRAG = 8;

/** Draws lines by uPlot in a box, in the colours of the page, as wide as the box. */
export class Drawing {
  private plot: uPlot | undefined;
  private content: Content | undefined;
  private listener: Listener | undefined;
  private readonly colours = new Map<string, string>();
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly sizes = new ResizeObserver(() => this.resize());

  constructor(private readonly box: HTMLElement) {
    this.sizes.observe(box);
    this.dark.addEventListener('change', this.recolour);
  }

  listen(listener: Listener): void {
    this.listener = listener;
    const drag = this.plot?.cursor.drag;
    if (drag) drag.x = listener.onZoom !== undefined;
  }

  show(content: Content): void {
    const before = this.content;
    this.content = content;
    if (!this.plot || !before || !sameLines(before.lines, content.lines)) {
      this.begin(content);
      return;
    }
    if (before.height !== content.height) this.resize();
    this.plot.setData(dataOf(content), true);
  }

  /** Takes the colours of the page anew. */
  readonly recolour = (): void => {
    // The page has its new colours once it was styled again.
    requestAnimationFrame(() => {
      this.colours.clear();
      this.plot?.redraw(false, true);
    });
  };

  end(): void {
    this.sizes.disconnect();
    this.dark.removeEventListener('change', this.recolour);
    this.plot?.destroy();
    this.plot = undefined;
  }

  private begin(content: Content): void {
    this.plot?.destroy();
    const axis: uPlot.Axis = {
      stroke: () => this.colour('--soft'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: () => this.colour('--line'), width: 1 },
      ticks: { stroke: () => this.colour('--line'), width: 1, size: 5 },
    };
    this.plot = new uPlot(
      {
        width: this.box.clientWidth,
        height: content.height,
        ms: 1,
        legend: { show: false },
        padding: [8, 24, 0, 0],
        cursor: { drag: { x: this.listener?.onZoom !== undefined, y: false, setScale: false }, points: { size: 7 } },
        scales: { x: { time: true, range: (_, min, max) => this.range(min, max) } },
        axes: [
          {
            ...axis,
            incrs: TIME_STEPS,
            splits: (_, __, min, max, step) => timesBetween(min, max, step),
            values: (_, splits, __, ___, step) => timeLabels(splits, step),
            space: 70,
            size: 44,
          },
          {
            ...axis,
            values: (_, splits) => splits.map((value) => this.content!.format(value)),
            size: (_, labels) => 16 + 7 * Math.max(3, ...(labels ?? []).map(({ length }) => length)),
          },
        ],
        series: [
          {},
          ...content.lines.map(({ name, colour }): uPlot.Series => {
            const stroke = (): string => this.colour(`--line-${colour}`);
            return {
              label: name,
              stroke,
              width: 1.5,
              pxAlign: 0,
              points: { size: 4, fill: stroke, filter: lonePoints },
            };
          }),
        ],
        hooks: {
          setCursor: [({ cursor: { idx } }) => this.listener?.onPlace(idx ?? undefined)],
          setSelect: [(plot) => this.zoom(plot)],
        },
      },
      dataOf(content),
      this.box,
    );
    this.plot.over.addEventListener('dblclick', () => this.listener?.onZoom?.(undefined));
  }

  private zoom(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG) return;
    const range = { from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') };
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.listener?.onZoom?.(range);
  }

  private range(min: number | null, max: number | null): uPlot.Range.MinMax {
    const range = this.content?.range;
    if (range) return [range.from, range.to];
    // One point alone has no span: it stands in the middle of a second.
    return min !== null && min === max ? [min - 500, min + 500] : [min, max];
  }

  private resize(): void {
    const width = this.box.clientWidth;
    if (width > 0 && this.content) this.plot?.setSize({ width, height: this.content.height });
  }

  /** A colour of the tokens as it is in the scheme that the page has now, which only a styled element tells. */
  private colour(token: string): string {
    let colour = this.colours.get(token);
    if (colour === undefined) {
      this.box.style.setProperty('outline-color', `var(${token})`);
      colour = getComputedStyle(this.box).outlineColor;
      this.box.style.removeProperty('outline-color');
      this.colours.set(token, colour);
    }
    return colour;
  }
}

function dataOf({ times, lines }: Content): uPlot.AlignedData {
  return [times, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData;
}

/** Where there are too many points to show each, those that no line leads to or from. */
function lonePoints({ data, series }: uPlot, place: number, isEachShown: boolean): number[] | null {
  if (isEachShown) return null;
  const values = data[place]!;
  const [from, to] = series[0]!.idxs!;
  const lone: number[] = [];
  let before: number | null = null;
  let here: number | null = null;
  let at = 0;
  for (let next = Math.max(0, from - 1); next <= to + 1; next += 1) {
    const value = next < values.length ? values[next] : null;
    if (value === undefined) continue;
    if (before === null && here !== null && value === null) lone.push(at);
    [before, here, at] = [here, value, next];
  }
  return lone;
}

function sameLines(left: readonly ChartLine[], right: readonly ChartLine[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ name, colour }, place) => name === right[place]!.name && colour === right[place]!.colour)
  );
}
