import { hasScope, type UserInfo } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { session } from '../../app/session.js';
import { announce } from '../../parts/announcements.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { TextField, Tick } from '../../parts/field.js';
import { Notice } from '../../parts/notice.js';
import { ScopeBuilder, scopesFault } from '../../parts/scopes/scope-builder.js';
import { useSubmit } from '../../parts/use-submit.js';
import { PasswordFields, passwordFault } from './password-fields.js';

interface UserDialogProps {
  /** Who is to be changed; without, somebody is added. */
  readonly user?: UserInfo;
  /** Names that are taken. */
  readonly names?: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Adds a user, or gives one a new password and other scopes. */
export function UserDialog({ user, names = [], onDone, onClose }: UserDialogProps) {
  const [name, setName] = useState(user?.name ?? '');
  const [password, setPassword] = useState({ first: '', again: '' });
  const [givesScopes, setGivesScopes] = useState(!user);
  const [scopes, setScopes] = useState<readonly string[]>(user?.scopes ?? []);
  const isTaken = !user && names.includes(name.trim());
  const isSelf = user !== undefined && user.name === session.value?.subject;
  const needsScope = givesScopes && user !== undefined && scopes.length === 0;
  const fault = givesScopes ? scopesFault(scopes) : undefined;
  const isWhole =
    name.trim() !== '' && !isTaken && password.first !== '' && !passwordFault(password) && !fault && !needsScope;

  const { submit, busy, failure } = useSubmit(async () => {
    const given = givesScopes && scopes.length > 0 ? scopes : undefined;
    await server('users').users.put(name.trim(), { password: password.first, scopes: given });
    announce(user ? `“${user.name}” is changed.` : `“${name.trim()}” can log in now.`);
    onDone();
    onClose();
  });

  return (
    <Dialog title={user ? `Change ${user.name}` : 'Add a user'} onClose={onClose}>
      <form onSubmit={submit}>
        {!user && (
          <TextField
            label="Name"
            value={name}
            onInput={setName}
            fault={isTaken ? 'There is a user of this name: change that one in the list' : undefined}
            autocomplete="off"
            required
          />
        )}
        <PasswordFields label={user ? 'New password' : 'Password'} value={password} onChange={setPassword} />
        {user && (
          <>
            <Tick label="Change the scopes too" checked={givesScopes} onChange={setGivesScopes} />
            <Notice kind="info">
              All tokens of {isSelf ? 'yours' : `“${user.name}”`} are revoked by this:{' '}
              {isSelf ? 'you have to log in again' : 'the user has to log in again'}.
            </Notice>
          </>
        )}
        {givesScopes && <ScopeBuilder scopes={scopes} onChange={setScopes} />}
        {!user && scopes.length === 0 && (
          <p class="small soft">Without a scope the user can log in, and may do nothing.</p>
        )}
        {needsScope && <p class="small bad">Leave at least one scope, or remove the user.</p>}
        {isSelf && givesScopes && !hasScope(scopes, 'users:admin') && (
          <p class="small bad">Without users:admin you could not change this back.</p>
        )}
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={busy} disabled={!isWhole}>
            {user ? 'Change' : 'Add the user'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
