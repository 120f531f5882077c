import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Dialog } from '../../parts/controls/dialog.js';
import { TextField } from '../../parts/controls/field.js';
import { Notice } from '../../parts/display/notice.js';
import { ScopeBuilder, scopesFault } from '../../parts/scopes/scope-builder.js';
import { useSubmit } from '../../parts/loading/use-submit.js';
import { PasswordFields, passwordFault } from './password-fields.js';

interface AddUserProps {
  /** Names that are taken. */
  readonly names: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Adds a user. */
export function AddUser({ names, onDone, onClose }: AddUserProps) {
  const [typed, setName] = useState('');
  const [password, setPassword] = useState({ first: '', again: '' });
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const name = typed.trim();
  const isTaken = names.includes(name);
  const isWhole = name !== '' && !isTaken && passwordFault(password) === undefined && !scopesFault(scopes);
  const { submit, busy, failure } = useSubmit(async () => {
    const given = scopes.length > 0 ? scopes : undefined;
    await server('users').users.put(name, { password: password.first, scopes: given });
    announce(`“${name}” is added.`);
    onDone();
    onClose();
  });

  return (
    <Dialog title="Add a user" onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          label="Name"
          value={typed}
          onInput={setName}
          fault={isTaken ? 'There is a user of this name: change that one in the list' : undefined}
          autocomplete="off"
          required
        />
        <PasswordFields label="Password" value={password} onChange={setPassword} />
        <ScopeBuilder scopes={scopes} onChange={setScopes} />
        {scopes.length === 0 && <p class="small soft">Without a scope the user can log in, and may do nothing.</p>}
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={busy} disabled={!isWhole}>
            Add the user
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
