import type { RegistryEntry } from '@millrace/client/browser';
import { may, session } from '../../app/session.js';
import { Badge } from '../../parts/display/badge.js';
import { Button } from '../../parts/controls/button.js';
import { ago, count, dateTime } from '../../parts/formats/format.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { TimeLeft } from './time-left.js';
import { usageOf } from './usage.js';

interface EntryTableProps {
  readonly partition: string;
  readonly entries: readonly RegistryEntry[];
  /** When the entries came, by `performance.now()`. */
  readonly at: number;
  readonly onRetract: (uid: string) => void;
}

/** The entries of a partition. */
export function EntryTable({ partition, entries, at, onRetract }: EntryTableProps) {
  const columns: Column<RegistryEntry>[] = [
    { name: 'Name', cell: ({ uid }) => <span class="mono">{uid}</span>, sortBy: ({ uid }) => uid },
    { name: 'Where', cell: ({ uri }) => <span class="mono roomy">{uri}</span>, sortBy: ({ uri }) => uri },
    {
      name: 'Data type',
      cell: ({ dataType }) => <span class="roomy">{dataType}</span>,
      sortBy: ({ dataType }) => dataType,
    },
    { name: 'Use', cell: (entry) => <span class="unbroken">{usageOf(entry)}</span>, sortBy: usageOf },
    { name: 'Capacity', numeric: true, cell: ({ capacity }) => count(capacity), sortBy: ({ capacity }) => capacity },
    { name: 'State', cell: stateOf, sortBy: ({ live }) => (live ? 0 : 1) },
    {
      name: 'Time left',
      numeric: true,
      cell: ({ live, timeLeft }) => (live ? <TimeLeft until={at + timeLeft} /> : '–'),
      sortBy: ({ timeLeft }) => timeLeft,
    },
    { name: 'Publisher', cell: publisherOf, sortBy: publisherText },
    {
      name: 'Published',
      cell: ({ published }) => (
        <span class="unbroken" title={dateTime(published)}>
          {ago(published.getTime())}
        </span>
      ),
      sortBy: ({ published }) => published.getTime(),
    },
  ];
  if (may(`connectivity:write:${partition}`))
    columns.push({
      name: 'Actions',
      bare: true,
      cell: (entry) =>
        mayRetract(partition, entry) && (
          <Button kind="plain" label={`Retract ${entry.uid}`} onClick={() => onRetract(entry.uid)}>
            Retract
          </Button>
        ),
    });
  return (
    <Table
      label={`Entries of the partition ${partition}`}
      columns={columns}
      rows={entries}
      keyOf={({ uid, dataType }) => `${uid}\0${dataType}`}
    />
  );
}

/** What somebody else has published, only an administrator of the partition may retract. */
export function mayRetract(partition: string, { publisher, host }: RegistryEntry): boolean {
  if (!may(`connectivity:write:${partition}`)) return false;
  if (may(`connectivity:admin:${partition}`)) return true;
  return !host && (publisher === null || publisher === session.value?.subject);
}

function stateOf({ live }: RegistryEntry) {
  return live ? <Badge kind="good">live</Badge> : <Badge kind="warning">expired</Badge>;
}

function publisherText({ publisher, host }: RegistryEntry): string {
  return publisher ?? (host ? 'the server' : '');
}

function publisherOf(entry: RegistryEntry) {
  return publisherText(entry) || <span class="soft unbroken">not known</span>;
}
