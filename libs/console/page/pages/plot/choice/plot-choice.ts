import { go, link, route } from '../../../app/route.js';
import type { TimeRange } from '../../../parts/chart/line-chart.js';
import { joinNames, splitNames } from '../../../parts/formats/name-list.js';

/** Spans that can be shown, in milliseconds. */
export const SPANS = {
  '10s': { name: 'Last 10 s', milliseconds: 10_000 },
  '1m': { name: 'Last minute', milliseconds: 60_000 },
  '10m': { name: 'Last 10 min', milliseconds: 600_000 },
  '1h': { name: 'Last hour', milliseconds: 3_600_000 },
  all: { name: 'All that is kept', milliseconds: Infinity },
} as const;

export type SpanName = keyof typeof SPANS;

/** What the user has chosen to see; all of it is in the address, so that it can be shared. */
export interface PlotChoice {
  readonly span: SpanName;
  /** Keys of lines; undefined while nothing was chosen. */
  readonly fields: readonly string[] | undefined;
  /** What is zoomed to. */
  readonly range: TimeRange | undefined;
  /** Each line has a chart of its own. */
  readonly isApart: boolean;
}

/** Stands for "no field at all" in the address, where an empty value means that nothing was chosen yet. */
const NONE = '-';

export function readChoice(): PlotChoice {
  const { query } = route.value;
  const span = query.get('span') ?? '';
  const fields = query.get('fields');
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  return {
    span: Object.hasOwn(SPANS, span) ? (span as SpanName) : '1m',
    fields: fields === null ? undefined : fields === NONE ? [] : splitNames(fields),
    range: from > 0 && to > from ? { from, to } : undefined,
    isApart: query.get('charts') === 'apart',
  };
}

/** The address of a page that shows a choice. */
export function addressOf(
  path: readonly string[],
  { span, fields, range, isApart }: PlotChoice,
  streams?: string,
): string {
  return link(path, {
    streams,
    fields: fields && (fields.length > 0 ? joinNames(fields) : NONE),
    span: span === '1m' ? undefined : span,
    from: range && String(Math.round(range.from)),
    to: range && String(Math.round(range.to)),
    charts: isApart ? 'apart' : undefined,
  });
}

/** Changes the choice in the address of this page. */
export function choose(change: Partial<PlotChoice>): void {
  const { path, query } = route.value;
  go(addressOf(path, { ...readChoice(), ...change }, query.get('streams') ?? undefined), { replace: true });
}
