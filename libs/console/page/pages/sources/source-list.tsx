import type { HubSourceStatus } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { link } from '../../app/route.js';
import { server } from '../../app/servers.js';
import { mayWithSome } from '../../app/session.js';
import { Button } from '../../parts/controls/button.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { ago, count, dateTime } from '../../parts/formats/format.js';
import { Heading } from '../../parts/display/heading.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { NewSource } from './new-source.js';
import { SourceState } from './source-state.js';

const COLUMNS: readonly Column<HubSourceStatus>[] = [
  {
    name: 'Source',
    cell: ({ name }) => <a href={link(['sources', name])}>{name}</a>,
    sortBy: ({ name }) => name,
  },
  { name: 'State', cell: SourceState, sortBy: ({ state }) => state },
  {
    name: 'Since',
    cell: ({ since }) => (
      <span class="unbroken" title={dateTime(since)}>
        {ago(since)}
      </span>
    ),
    sortBy: ({ since }) => since,
  },
  number('Reconnects', ({ reconnects }) => reconnects),
  number('Open queries', ({ openQueries }) => openQueries),
  number('Notifications', ({ notifications }) => notifications),
  number('Publishes', ({ publishes }) => publishes),
  number('Queries', ({ queries }) => queries),
  {
    name: 'Last error',
    cell: ({ lastError, lastErrorAt }) =>
      lastError !== undefined && (
        <span class="small">
          {lastError} <span class="soft">{lastErrorAt !== undefined && ago(lastErrorAt)}</span>
        </span>
      ),
    sortBy: ({ lastErrorAt = 0 }) => lastErrorAt,
  },
];

function number(name: string, of: (source: HubSourceStatus) => number): Column<HubSourceStatus> {
  return { name, numeric: true, cell: (source) => count(of(source)), sortBy: of };
}

/** The sources that the user may read. */
export function SourceList() {
  const loaded = useLoaded((signal) => server('sources').sources.list({ signal }), [], { every: 2000 });
  const [isNew, setNew] = useState(false);
  const [search, setSearch] = useState('');
  const wanted = search.toLowerCase();
  return (
    <>
      <Heading
        title="Sources"
        about="Devices and programs that connectors bring here: they notify, take publishes and answer queries."
      >
        {mayWithSome('sources', 'admin') && <Button onClick={() => setNew(true)}>New source</Button>}
      </Heading>
      <ShowLoaded of={loaded} what="the sources">
        {(sources) => {
          const found = sources.filter(({ name }) => name.toLowerCase().includes(wanted));
          if (sources.length === 0)
            return (
              <Empty>
                There is no source that you may read. An administrator makes one here or by{' '}
                <code>PUT /sources/NAME</code>; then a connector can claim it.
              </Empty>
            );
          return (
            <>
              <TextField
                label="Search sources"
                bare
                type="search"
                placeholder="Search sources"
                value={search}
                onInput={setSearch}
              />
              {found.length > 0 ? (
                <Table label="Sources" columns={COLUMNS} rows={found} keyOf={({ name }) => name} />
              ) : (
                <Empty>No source has “{search}” in its name.</Empty>
              )}
            </>
          );
        }}
      </ShowLoaded>
      {isNew && <NewSource onClose={() => setNew(false)} />}
    </>
  );
}
