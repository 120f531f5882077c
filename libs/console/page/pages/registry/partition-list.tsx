import type { Partition } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { link } from '../../app/route.js';
import { server } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { Figure } from '../../parts/display/figure.js';
import { count } from '../../parts/formats/format.js';
import { Heading } from '../../parts/display/heading.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';

const COLUMNS: readonly Column<Partition>[] = [
  {
    name: 'Partition',
    cell: ({ name }) => <a href={link(['registry', name])}>{name}</a>,
    sortBy: ({ name }) => name,
  },
  { name: 'Entries', numeric: true, cell: ({ entries }) => count(entries), sortBy: ({ entries }) => entries },
];

/** The partitions of the registry that the user may read, with how many entries each has. */
export function PartitionList() {
  const loaded = useLoaded(() => server('registry').registry.partitions(), [], { every: 2000 });
  return (
    <>
      <Heading title="Registry" about="Who is reachable where: what programs publish of their connections." />
      <ShowLoaded of={loaded} what="the partitions">
        {(partitions) => <Partitions partitions={partitions.filter(({ name }) => may(`connectivity:read:${name}`))} />}
      </ShowLoaded>
    </>
  );
}

function Partitions({ partitions }: { readonly partitions: readonly Partition[] }) {
  const [search, setSearch] = useState('');
  if (partitions.length === 0) {
    return (
      <Empty>
        Nothing is published. A partition appears with the first connection that a program publishes in it, by{' '}
        <code>POST /publish</code> or <code>millrace.registry.publish()</code>.
      </Empty>
    );
  }
  const wanted = search.toLowerCase();
  const found = partitions.filter(({ name }) => name.toLowerCase().includes(wanted));
  const entries = partitions.reduce((sum, one) => sum + one.entries, 0);
  return (
    <>
      <div class="grid">
        <Figure name="Partitions" value={count(partitions.length)} />
        <Figure name="Entries, expired ones included" value={count(entries)} />
      </div>
      <TextField
        label="Search partitions"
        bare
        type="search"
        placeholder="Search partitions"
        value={search}
        onInput={setSearch}
      />
      {found.length > 0 ? (
        <Table label="Partitions" columns={COLUMNS} rows={found} keyOf={({ name }) => name} />
      ) : (
        <Empty>No partition has “{search}” in its name.</Empty>
      )}
    </>
  );
}
