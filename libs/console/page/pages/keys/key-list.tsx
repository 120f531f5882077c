import type { ApiKeyInfo } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Confirm } from '../../parts/controls/confirm.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { ago, count, counted, dateTime } from '../../parts/formats/format.js';
import { ScopeList } from '../../parts/scopes/scope-list.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { Expiry, expiryTime } from './expiry.js';

interface KeyListProps {
  readonly keys: readonly ApiKeyInfo[];
  readonly onRevoked: () => void;
}

/** All keys, with a filter. */
export function KeyList({ keys, onRevoked }: KeyListProps) {
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState<ApiKeyInfo | undefined>();
  if (keys.length === 0) {
    return <Empty>There are no keys yet. “New key” makes one for a program.</Empty>;
  }
  const wanted = filter.trim().toLowerCase();
  const shown = keys.filter(({ id, name, scopes }) =>
    [id, name, ...scopes].some((text) => text.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <div class="row">
        <div class="grow">
          <TextField
            label="Filter keys"
            bare
            type="search"
            placeholder="Filter by name, id or scope"
            value={filter}
            onInput={setFilter}
          />
        </div>
        <span class="soft" role="status">
          {shown.length < keys.length && `${count(shown.length)} of `}
          {counted(keys.length, 'key', 'keys')}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty>No key has “{filter}” in its name, id or scopes.</Empty>
      ) : (
        <Table label="API keys" columns={columns(setChosen)} rows={shown} keyOf={({ id }) => id} />
      )}
      {chosen && (
        <Confirm
          title="Revoke this key?"
          action="Revoke"
          onConfirm={async () => {
            await server('keys').keys.revoke(chosen.id);
            announce(`The key “${chosen.name}” is revoked.`);
            onRevoked();
          }}
          onClose={() => setChosen(undefined)}
        >
          <p>
            The key “{chosen.name}” (<code>{chosen.id}</code>) will count no more, and sockets that were opened with it
            are closed.{' '}
            {chosen.lastUsed === null ? 'It was never used.' : `It was last used ${ago(Date.parse(chosen.lastUsed))}.`}{' '}
            This cannot be undone.
          </p>
        </Confirm>
      )}
    </>
  );
}

function columns(revoke: (key: ApiKeyInfo) => void): Column<ApiKeyInfo>[] {
  return [
    {
      name: 'Name',
      sortBy: ({ name }) => name,
      cell: ({ id, name }) => (
        <div>
          <div class="break">{name}</div>
          <code class="soft">{id}</code>
        </div>
      ),
    },
    {
      name: 'Scopes',
      sortBy: ({ scopes }) => scopes.join(' '),
      cell: ({ name, scopes }) => <ScopeList label={`Scopes of ${name}`} scopes={scopes} />,
    },
    {
      name: 'Created',
      sortBy: ({ created }) => Date.parse(created),
      cell: ({ created }) => <span class="nowrap">{dateTime(created)}</span>,
    },
    { name: 'Runs out', sortBy: expiryTime, cell: (key) => <Expiry of={key} /> },
    {
      name: 'Last used',
      sortBy: ({ lastUsed }) => (lastUsed === null ? 0 : Date.parse(lastUsed)),
      cell: ({ lastUsed }) =>
        lastUsed === null ? (
          <span class="soft">never</span>
        ) : (
          <span class="nowrap" title={dateTime(lastUsed)}>
            {ago(Date.parse(lastUsed))}
          </span>
        ),
    },
    {
      name: 'Actions',
      bare: true,
      cell: (key) => (
        <Button kind="plain" label={`Revoke ${key.name}`} onClick={() => revoke(key)}>
          Revoke
        </Button>
      ),
    },
  ];
}
