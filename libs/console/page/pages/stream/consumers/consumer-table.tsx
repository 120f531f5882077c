import type { GroupConsumerInfo, GroupInfo } from '@millrace/client/browser';
import { Empty } from '../../../parts/display/empty.js';
import { count, span } from '../../../parts/formats/format.js';
import { type Column, Table } from '../../../parts/controls/table.js';
import { entriesText, numberText } from './group-state.js';

const COLUMNS: readonly Column<GroupConsumerInfo>[] = [
  {
    name: 'Consumer',
    sortBy: ({ consumer }) => consumer,
    cell: ({ consumer }) => <span class="break">{consumer}</span>,
  },
  { name: 'Pending', numeric: true, sortBy: ({ pending }) => pending, cell: ({ pending }) => count(pending) },
  {
    name: 'Attempts',
    numeric: true,
    sortBy: ({ attempts = -1 }) => attempts,
    cell: ({ attempts }) => <span class={(attempts ?? 0) > 1 ? 'bad' : undefined}>{numberText(attempts)}</span>,
  },
  { name: 'Asked last', numeric: true, sortBy: ({ idle }) => idle, cell: ({ idle }) => `${span(idle)} ago` },
];

/** Who takes part in a group. */
export function ConsumerTable({ group: { group, consumers, lag } }: { readonly group: GroupInfo }) {
  if (consumers.length === 0) {
    return (
      <Empty>
        No consumer takes part in “{group}” now.{' '}
        {lag ? `To come: ${entriesText(lag)}.` : 'It has handed out all there is.'}
      </Empty>
    );
  }
  return (
    <div class="stack">
      <h3>Consumers</h3>
      <Table label={`Consumers of ${group}`} columns={COLUMNS} rows={consumers} keyOf={({ consumer }) => consumer} />
    </div>
  );
}
