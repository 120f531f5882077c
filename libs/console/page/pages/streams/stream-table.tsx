import type { StreamNumbers } from '@millrace/client/browser';
import { may } from '../../app/session.js';
import { Badge } from '../../parts/display/badge.js';
import { Button } from '../../parts/controls/button.js';
import { ago, bytes, count, dateTime, rate, timeOfId } from '../../parts/formats/format.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { linkToStream } from '../stream/views.js';

const newestOf = ({ lastId }: StreamNumbers): number => (lastId === undefined ? 0 : timeOfId(lastId));

const COLUMNS: readonly Column<StreamNumbers>[] = [
  {
    name: 'Stream',
    sortBy: ({ name }) => name,
    cell: ({ name, ended }) => (
      <span class="stream-name">
        <a href={linkToStream(name)}>{name}</a> {ended && <Badge>ended</Badge>}
      </span>
    ),
  },
  {
    name: 'Rate',
    numeric: true,
    sortBy: (one) => one.rate ?? 0,
    cell: (one) => (one.rate === undefined ? '…' : rate(one.rate)),
  },
  { name: 'Entries', numeric: true, sortBy: ({ entries }) => entries, cell: ({ entries }) => count(entries) },
  {
    name: 'Size',
    numeric: true,
    sortBy: (one) => one.bytes ?? 0,
    cell: (one) => (one.bytes === undefined ? '–' : bytes(one.bytes)),
  },
  {
    name: 'Newest',
    numeric: true,
    sortBy: newestOf,
    cell: (one) => (one.lastId === undefined ? '–' : <span title={dateTime(newestOf(one))}>{ago(newestOf(one))}</span>),
  },
  { name: 'Readers', numeric: true, sortBy: ({ readers }) => readers, cell: ({ readers }) => count(readers) },
  { name: 'Writers', numeric: true, sortBy: ({ writers }) => writers, cell: ({ writers }) => count(writers) },
  { name: 'Groups', numeric: true, sortBy: ({ groups }) => groups, cell: ({ groups }) => count(groups) },
];

interface StreamTableProps {
  readonly streams: readonly StreamNumbers[];
  readonly onDelete: (stream: StreamNumbers) => void;
}

/** Streams with their numbers. */
export function StreamTable({ streams, onDelete }: StreamTableProps) {
  const mayDelete = ({ name }: StreamNumbers): boolean => may(`streams:delete:${name}`);
  const actions: Column<StreamNumbers> = {
    name: 'Actions',
    bare: true,
    cell: (one) =>
      mayDelete(one) && (
        <Button kind="plain" label={`Delete ${one.name}`} onClick={() => onDelete(one)}>
          Delete
        </Button>
      ),
  };
  return (
    <Table
      label="Streams"
      columns={streams.some(mayDelete) ? [...COLUMNS, actions] : COLUMNS}
      rows={streams}
      keyOf={({ name }) => name}
    />
  );
}
