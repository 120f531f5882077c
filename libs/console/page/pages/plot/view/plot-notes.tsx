import type { StreamInfo } from '@millrace/client/browser';
import { ago, count, dateTime } from '../../../parts/formats/format.js';
import type { TimeRange } from '../../../parts/chart/line-chart.js';
import { Notice } from '../../../parts/display/notice.js';
import type { PlottedLine } from '../choice/plotted-line.js';
import { placeOf } from '../../../parts/formats/place-of.js';
import type { PlotData } from '../numbers/plot-data.js';
import { MOST_POINTS } from '../numbers/samples.js';

interface PlotNotesProps {
  readonly data: PlotData;
  /** What the server knows of the streams, as far as it was asked. */
  readonly infos: readonly StreamInfo[];
  readonly lines: readonly PlottedLine[];
  readonly range: TimeRange;
}

/** Entries older than this are said to be old, in milliseconds. */
const OLD = 60_000;

/** What the lines alone do not tell: entries without numbers, gaps, and what is not kept. */
export function PlotNotes({ data, infos, lines, range }: PlotNotesProps) {
  const isSeveral = data.streams.size > 1;
  const notes = infos.flatMap(({ stream, exists, ended }) =>
    ended
      ? [`${stream} has ended: nothing more comes.`]
      : exists
        ? []
        : [`There is no stream ${stream} yet; its numbers are drawn as soon as they come.`],
  );
  for (const [name, { entries, withoutNumbers, gaps, isWithoutHistory, samples }] of data.streams) {
    const whose = isSeveral ? `${name}: ` : '';
    const newest = samples.times[samples.length - 1];
    if (isWithoutHistory) notes.push(`${whose}The newest entries have no numbers, so those before them were not read.`);
    if (withoutNumbers > 0)
      notes.push(
        `${whose}${count(withoutNumbers)} of ${count(entries)} entries are not numbers, and are holes in the lines.`,
      );
    if (gaps > 0)
      notes.push(
        `${whose}${count(gaps)} ${gaps === 1 ? 'gap' : 'gaps'}: entries were removed before they could be read.`,
      );
    if (samples.dropped > 0)
      notes.push(
        `${whose}Only the newest ${count(MOST_POINTS)} points are kept here, from ${dateTime(samples.times[0]!)}.`,
      );
    if (newest !== undefined && Date.now() - newest > OLD)
      notes.push(`${whose}The newest entry came ${ago(newest)}, at ${dateTime(newest)}.`);
  }
  const isBare =
    lines.length > 0 && data.newestTime !== undefined && lines.every((line) => !hasPoint(data, line, range));
  return (
    <>
      {isBare && <Notice kind="info">There is no number of these lines in the span that is shown.</Notice>}
      {notes.length > 0 && (
        <ul class="notes soft small">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function hasPoint(data: PlotData, { stream, field }: PlottedLine, { from, to }: TimeRange): boolean {
  const { samples } = data.streams.get(stream)!;
  const values = samples.valuesOf(field);
  if (!values) return false;
  return values
    .subarray(placeOf(samples.times, from), placeOf(samples.times, to + 0.001))
    .some((one) => !Number.isNaN(one));
}
