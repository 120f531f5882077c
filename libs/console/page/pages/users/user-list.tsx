import type { UserInfo } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { may, session } from '../../app/session.js';
import { announce } from '../../parts/display/announcements.js';
import { Badge } from '../../parts/display/badge.js';
import { Button } from '../../parts/controls/button.js';
import { Confirm } from '../../parts/controls/confirm.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { count, counted, dateTime } from '../../parts/formats/format.js';
import { ScopeList } from '../../parts/scopes/scope-list.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { ChangePassword } from './change-password.js';
import { ChangeScopes } from './change-scopes.js';

interface UserListProps {
  readonly users: readonly UserInfo[];
  readonly onChanged: () => void;
}

type Action = 'password' | 'scopes' | 'revoke' | 'remove';
type Act = (action: Action, user: UserInfo) => void;

/** All users, with a filter and what can be done with each. */
export function UserList({ users, onChanged }: UserListProps) {
  const [filter, setFilter] = useState('');
  const [doing, setDoing] = useState<{ readonly action: Action; readonly user: UserInfo } | undefined>();
  if (users.length === 0) return <Empty>There are no users yet. “Add a user” lets somebody log in.</Empty>;
  const wanted = filter.trim().toLowerCase();
  const shown = users.filter(({ name, scopes }) =>
    [name, ...scopes].some((text) => text.toLowerCase().includes(wanted)),
  );
  const close = (): void => setDoing(undefined);
  return (
    <>
      <div class="row">
        <div class="grow">
          <TextField
            label="Filter users"
            bare
            type="search"
            placeholder="Filter by name or scope"
            value={filter}
            onInput={setFilter}
          />
        </div>
        <span class="soft" role="status">
          {shown.length < users.length && `${count(shown.length)} of `}
          {counted(users.length, 'user', 'users')}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty>No user has “{filter}” in the name or scopes.</Empty>
      ) : (
        <Table
          label="Users"
          columns={columns((action, user) => setDoing({ action, user }))}
          rows={shown}
          keyOf={({ name }) => name}
        />
      )}
      {doing?.action === 'password' && <ChangePassword user={doing.user} onDone={onChanged} onClose={close} />}
      {doing?.action === 'scopes' && <ChangeScopes user={doing.user} onDone={onChanged} onClose={close} />}
      {doing?.action === 'revoke' && <RevokeTokens user={doing.user} onClose={close} />}
      {doing?.action === 'remove' && <RemoveUser user={doing.user} onDone={onChanged} onClose={close} />}
    </>
  );
}

function columns(act: Act): Column<UserInfo>[] {
  return [
    {
      name: 'Name',
      sortBy: ({ name }) => name,
      cell: ({ name }) => (
        <span>
          <span class="break">{name}</span> {name === session.value?.subject && <Badge kind="info">you</Badge>}
        </span>
      ),
    },
    {
      name: 'Scopes',
      sortBy: ({ scopes }) => scopes.join(' '),
      cell: ({ name, scopes }) => <ScopeList label={`Scopes of ${name}`} scopes={scopes} />,
    },
    {
      name: 'Added',
      sortBy: ({ created }) => Date.parse(created),
      cell: ({ created }) => <span class="nowrap">{dateTime(created)}</span>,
    },
    { name: 'Actions', bare: true, cell: (user) => <Actions user={user} act={act} /> },
  ];
}

function Actions({ user, act }: { readonly user: UserInfo; readonly act: Act }) {
  const { name, scopes } = user;
  const holdsMore = scopes.some((scope) => !may(scope));
  return (
    <div class="actions">
      {holdsMore && <span class="small soft">Holds more than you: only others may change this user.</span>}
      {!holdsMore && (
        <Button kind="plain" label={`Scopes of ${name}`} onClick={() => act('scopes', user)}>
          Scopes
        </Button>
      )}
      {!holdsMore && (
        <Button kind="plain" label={`New password of ${name}`} onClick={() => act('password', user)}>
          New password
        </Button>
      )}
      <Button kind="plain" label={`Revoke tokens of ${name}`} onClick={() => act('revoke', user)}>
        Revoke tokens
      </Button>
      {!holdsMore && (
        <Button kind="plain" label={`Remove ${name}`} onClick={() => act('remove', user)}>
          Remove
        </Button>
      )}
    </div>
  );
}

function RevokeTokens({ user: { name }, onClose }: { readonly user: UserInfo; readonly onClose: () => void }) {
  const isSelf = name === session.value?.subject;
  return (
    <Confirm
      title="Revoke all tokens?"
      action="Revoke the tokens"
      onConfirm={async () => {
        await server('users').tokens.revokeOf(name);
        announce(`All tokens of “${name}” are revoked.`);
      }}
      onClose={onClose}
    >
      <p>
        Wherever “{name}” is logged in, the login ends, and sockets that were opened by it are closed. The password
        stays, so “{name}” can log in again. API keys are not touched.
      </p>
      {isSelf && <p>This is you: you have to log in again.</p>}
    </Confirm>
  );
}

interface RemoveUserProps {
  readonly user: UserInfo;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function RemoveUser({ user: { name }, onDone, onClose }: RemoveUserProps) {
  return (
    <Confirm
      title="Remove this user?"
      action="Remove"
      typed={name}
      onConfirm={async () => {
        await server('users').users.remove(name);
        announce(`The user “${name}” is removed.`);
        onDone();
      }}
      onClose={onClose}
    >
      <p>
        “{name}” can log in no more; the tokens of “{name}” are revoked, and sockets that were opened by them are
        closed. API keys that “{name}” has made stay: revoke them at “Keys”. This cannot be undone.
      </p>
      {name === session.value?.subject && <p class="bad">This is you.</p>}
    </Confirm>
  );
}
