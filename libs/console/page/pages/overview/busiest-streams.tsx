import type { StreamNumbers } from '@millrace/client/browser';
import { link } from '../../app/route.js';
import { has, server } from '../../app/servers.js';
import { mayWithSome } from '../../app/session.js';
import { Empty } from '../../parts/display/empty.js';
import { ago, bytes, count, rate, timeOfId } from '../../parts/formats/format.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';

/** Streams that are shown. */
const MOST = 5;
/** Streams of one question, the most there are. */
const ASKED = 10_000;
const EVERY = 5000;

const COLUMNS: readonly Column<StreamNumbers>[] = [
  {
    name: 'Stream',
    cell: ({ name }) => (
      <a class="break" href={link(['streams', name, 'live'])}>
        {name}
      </a>
    ),
  },
  { name: 'Entries in', numeric: true, cell: ({ rate: value }) => (value === undefined ? '–' : rate(value)) },
  { name: 'Kept', numeric: true, cell: ({ entries }) => count(entries) },
  { name: 'Size', numeric: true, cell: ({ bytes: size }) => (size === undefined ? '–' : bytes(size)) },
  { name: 'Readers', numeric: true, cell: ({ readers }) => count(readers) },
  { name: 'Last entry', numeric: true, cell: ({ lastId }) => (lastId === undefined ? '–' : ago(timeOfId(lastId))) },
];

/** The streams that most comes into. */
export function BusiestStreams() {
  return has('streams') && mayWithSome('streams', 'read') ? <Busiest /> : null;
}

function Busiest() {
  const streams = useLoaded(() => server('streams').streams.statistics({ count: ASKED }), [], { every: EVERY });
  return (
    <section class="stack" aria-label="Busiest streams">
      <h2>Busiest streams</h2>
      <ShowLoaded of={streams} what="the streams">
        {(found) =>
          found.length === 0 ? (
            <Empty>
              There are no streams that you may read. A stream is made by the first entry that is pushed to it.
            </Empty>
          ) : (
            <Table label="Busiest streams" columns={COLUMNS} rows={busiest(found)} keyOf={({ name }) => name} />
          )
        }
      </ShowLoaded>
    </section>
  );
}

/** By what comes in; of those alike, the ones with the newest entries. */
function busiest(streams: readonly StreamNumbers[]): StreamNumbers[] {
  const timeOf = ({ lastId }: StreamNumbers): number => (lastId === undefined ? 0 : timeOfId(lastId));
  return [...streams]
    .sort((one, other) => (other.rate ?? 0) - (one.rate ?? 0) || timeOf(other) - timeOf(one))
    .slice(0, MOST);
}
