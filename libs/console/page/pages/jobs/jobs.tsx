import { useState } from 'preact/hooks';
import type { JobsFigures, QueueFigures } from '../../../src/jobs/queue-figures.js';
import { server } from '../../app/servers.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { Heading } from '../../parts/display/heading.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { addressOfBoard } from './board.js';
import { QueueTable } from './queue-table.js';

/** The queues of BullMQ that the board shows; what is in them is on the board, a page of its own. */
export default function Jobs() {
  const loaded = useLoaded(
    async (signal) => (await server('jobs').request('GET', 'figures.json', undefined, { signal })) as JobsFigures,
    [],
    { every: 2000 },
  );
  return (
    <>
      <Heading title="Jobs" about="What waits in the queues of BullMQ, and what has become of it.">
        <a class="button" href={addressOfBoard()}>
          Open the board
        </a>
      </Heading>
      <ShowLoaded of={loaded} what="the queues">
        {({ queues }) => <Queues queues={queues} />}
      </ShowLoaded>
    </>
  );
}

function Queues({ queues }: { readonly queues: readonly QueueFigures[] }) {
  const [search, setSearch] = useState('');
  if (queues.length === 0)
    return (
      <Empty>
        The application has no queue. One that it registers by <code>BullModule.registerQueue()</code> is here after the
        next start.
      </Empty>
    );
  const found = queues.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  return (
    <>
      <TextField
        label="Search queues"
        bare
        type="search"
        placeholder="Search queues"
        value={search}
        onInput={setSearch}
      />
      {found.length > 0 ? <QueueTable queues={found} /> : <Empty>No queue has “{search}” in its name.</Empty>}
    </>
  );
}
