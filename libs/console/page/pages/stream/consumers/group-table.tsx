import type { GroupInfo } from '@millrace/client/browser';
import { link } from '../../../app/route.js';
import { count } from '../../../parts/formats/format.js';
import { type Column, Table } from '../../../parts/controls/table.js';
import { GroupState, numberText, secondsText } from './group-state.js';

interface GroupTableProps {
  readonly stream: string;
  readonly groups: readonly GroupInfo[];
  /** The group that is shown below. */
  readonly chosen: string | undefined;
}

/** All groups of a stream, a row each. */
export function GroupTable({ stream, groups, chosen }: GroupTableProps) {
  const columns: Column<GroupInfo>[] = [
    {
      name: 'Group',
      sortBy: ({ group }) => group,
      cell: ({ group }) => (
        <a
          class="break"
          href={link(['streams', stream, 'consumers'], { group })}
          aria-current={group === chosen ? 'true' : undefined}
        >
          {group}
        </a>
      ),
    },
    { name: 'State', cell: (group) => <GroupState group={group} /> },
    {
      name: 'Consumers',
      numeric: true,
      sortBy: (group) => group.consumers.length,
      cell: (group) => count(group.consumers.length),
    },
    { name: 'Behind', numeric: true, sortBy: ({ lag = -1 }) => lag, cell: ({ lag }) => numberText(lag) },
    {
      name: 'Behind, in time',
      numeric: true,
      sortBy: ({ lagSeconds = -1 }) => lagSeconds,
      cell: ({ lagSeconds }) => secondsText(lagSeconds),
    },
    { name: 'Pending', numeric: true, sortBy: ({ pending }) => pending, cell: ({ pending }) => count(pending) },
    {
      name: 'Set aside',
      numeric: true,
      sortBy: ({ setAside }) => setAside,
      cell: ({ setAside }) => <span class={setAside > 0 ? 'bad' : undefined}>{count(setAside)}</span>,
    },
  ];
  return <Table label={`Groups of ${stream}`} columns={columns} rows={groups} keyOf={({ group }) => group} />;
}
