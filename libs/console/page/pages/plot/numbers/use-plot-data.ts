import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { timeOfId } from '../../../parts/formats/format.js';
import { useFeed } from '../../../parts/loading/use-feed.js';
import { findNumbers } from './find-numbers.js';
import { PlotData } from './plot-data.js';
import { MOST_POINTS } from './samples.js';

/** Entries of each stream in one piece of the history. */
const PIECE = 500;

/** Entries that are looked at first: where none of them has a number, the history is not worth reading. */
const SAMPLE = 10;

interface FoundData {
  readonly data: PlotData;
  /** How far the history is read, from 0 to 1; undefined when all of it is there. */
  readonly progress: number | undefined;
  /** Why no more comes. */
  readonly failure: unknown;
}

/**
 * The numbers of streams: first those of the span before the newest entry, then what comes.
 *
 * @param span milliseconds; a longer one reads the history anew
 * @param from milliseconds since 1970 of what must be there as well; where it is not, the history is read anew
 */
export function usePlotData(streams: readonly string[], span: number, from: number | undefined): FoundData {
  const key = streams.join('/');
  const reach = useRef({ span, earliest: from });
  const known = useRef<PlotData>(undefined);
  reach.current.span = Math.max(reach.current.span, span);
  if (from !== undefined && known.current && from < known.current.readFrom) reach.current.earliest = from;
  const { span: longest, earliest } = reach.current;
  const data = useMemo(() => new PlotData(streams), [key, longest, earliest]);
  known.current = data;
  const [progress, setProgress] = useState<number | undefined>(0);

  useEffect(() => setProgress(0), [data]);
  const failure = useFeed(
    async (signal, alive) => {
      if (streams.length === 0) return;
      data.begin();
      const starts = await findStarts(data, longest, earliest, signal);
      alive();
      let told = 0;
      const history = new History(starts);
      const tell = (): void => {
        if (history.isRead) setProgress(undefined);
        else if (performance.now() - told > 100) {
          told = performance.now();
          setProgress(history.share);
        }
      };
      tell();
      const entries = server('streams').streams.pull(streams, {
        after: starts.map(({ after }) => after),
        count: PIECE,
        signal,
        onGap: ({ stream, first }) => {
          data.gap(stream);
          history.passed(stream, first === undefined ? Infinity : timeOfId(first));
        },
      });
      let isReading = !history.isRead;
      for await (const { stream, id, data: bytes } of entries) {
        const time = timeOfId(id);
        data.take(stream, time, bytes);
        if (isReading) {
          history.passed(stream, time);
          tell();
          isReading = !history.isRead;
        }
        alive();
      }
    },
    [data],
  );
  return { data, progress: streams.length > 0 && failure === undefined ? progress : undefined, failure };
}

/** Where the history of a stream is read from, and where it ends. */
interface Start {
  readonly stream: string;
  readonly after: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

async function findStarts(
  data: PlotData,
  span: number,
  earliest: number | undefined,
  signal: AbortSignal,
): Promise<Start[]> {
  const { streams } = server('streams');
  const names = [...data.streams.keys()];
  const found = await Promise.all(
    names.map(async (stream) => ({
      info: await streams.info(stream, { signal }),
      sample: await streams.read(stream, { count: SAMPLE, signal }),
    })),
  );
  let isCut = false;
  const edge = Math.max(...found.map(({ info: { lastEntry } }) => (lastEntry === undefined ? 0 : timeOfId(lastEntry))));
  const wanted = Math.min(edge - span, earliest ?? Infinity);
  const starts = found.map(({ info: { firstEntry, lastEntry, length }, sample }, place): Start => {
    const stream = names[place]!;
    if (firstEntry === undefined || lastEntry === undefined) return { stream, after: '0', from: 0, to: 0 };
    const [first, to] = [timeOfId(firstEntry), timeOfId(lastEntry)];
    if (!sample.some(({ data: bytes }) => findNumbers(bytes).size > 0)) {
      data.streams.get(stream)!.isWithoutHistory = true;
      return { stream, after: lastEntry, from: to, to };
    }
    // Entries are taken to be spread evenly, so that not many more are read than are kept.
    const worthIt = length > MOST_POINTS ? to - (to - first) * (MOST_POINTS / length) : first;
    if (wanted > worthIt) isCut = true;
    const from = Math.max(worthIt, wanted);
    return { stream, after: from <= first ? '0' : String(Math.floor(from)), from, to };
  });
  data.readFrom = isCut ? wanted : -Infinity;
  return starts;
}

/** Follows how far a history is read. */
class History {
  private readonly at: Map<string, number>;

  constructor(private readonly starts: readonly Start[]) {
    this.at = new Map(starts.map(({ stream, from }) => [stream, from]));
  }

  /** What was read, or is gone, up to a time. */
  passed(stream: string, time: number): void {
    this.at.set(stream, time);
  }

  get isRead(): boolean {
    return this.starts.every(({ stream, to }) => this.at.get(stream)! >= to);
  }

  /** From 0 to 1. */
  get share(): number {
    const shares = this.starts.map(({ stream, from, to }) =>
      to > from ? Math.min(1, (this.at.get(stream)! - from) / (to - from)) : 1,
    );
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }
}
