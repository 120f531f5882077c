import type { StreamInfo } from '@millrace/client/browser';
import { useRef } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { Badge } from '../../parts/display/badge.js';
import { ago, bytes, count, dateTime, rate, timeOfId } from '../../parts/formats/format.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';

const EVERY = 2000;

interface Look {
  readonly info: StreamInfo;
  /** When it was, by the clock of the page in milliseconds. */
  readonly at: number;
  /** Entries added in a second since the look before. */
  readonly rate: number | undefined;
}

/** The state of a stream in one line, above all its views. */
export function StreamLine({ stream }: { readonly stream: string }) {
  return may(`streams:read:${stream}`) ? <KnownLine stream={stream} /> : null;
}

function KnownLine({ stream }: { readonly stream: string }) {
  const before = useRef<Look | undefined>(undefined);
  const { value } = useLoaded(
    async (signal): Promise<Look> => {
      const info = await server('streams').streams.info(stream, { signal });
      const look = { info, at: performance.now(), rate: rateSince(before.current, info, performance.now()) };
      before.current = look;
      return look;
    },
    [stream],
    { every: EVERY },
  );
  if (!value) return <p class="soft stream-line">…</p>;
  const { info } = value;
  if (!info.exists) return <p class="soft stream-line">There is no stream of this name yet.</p>;
  const newest = info.lastEntry === undefined ? undefined : timeOfId(info.lastEntry);
  return (
    <p class="soft stream-line">
      {info.ended ? <Badge>ended</Badge> : <span>{value.rate === undefined ? '… /s' : rate(value.rate)}</span>}
      <span>
        {count(info.length)} {info.length === 1 ? 'entry' : 'entries'}
        {info.entriesAdded > info.length && ` of ${count(info.entriesAdded)} ever added`}
      </span>
      {info.bytes !== undefined && <span>{bytes(info.bytes)}</span>}
      {newest !== undefined && <span title={dateTime(newest)}>newest {ago(newest)}</span>}
    </p>
  );
}

function rateSince(before: Look | undefined, info: StreamInfo, at: number): number | undefined {
  if (!before || before.info.stream !== info.stream) return undefined;
  return Math.max(0, info.entriesAdded - before.info.entriesAdded) / Math.max(0.001, (at - before.at) / 1000);
}
