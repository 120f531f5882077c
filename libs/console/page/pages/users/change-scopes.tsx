import { hasScope, type UserInfo } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { session } from '../../app/session.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Dialog } from '../../parts/controls/dialog.js';
import { Notice } from '../../parts/display/notice.js';
import { ScopeBuilder, scopesFault } from '../../parts/scopes/scope-builder.js';
import { useSubmit } from '../../parts/loading/use-submit.js';
import { TokensEnd } from './tokens-end.js';

interface ChangeProps {
  readonly user: UserInfo;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Gives a user other scopes. */
export function ChangeScopes({ user, onDone, onClose }: ChangeProps) {
  const { name } = user;
  const [scopes, setScopes] = useState<readonly string[]>(user.scopes);
  const locksOut = name === session.value?.subject && !hasScope(scopes, 'users:admin');
  const isSame = scopes.join('\n') === user.scopes.join('\n');
  const { submit, busy, failure } = useSubmit(async () => {
    await server('users').users.put(name, { scopes });
    announce(`“${name}” has other scopes.`);
    onDone();
    onClose();
  });
  return (
    <Dialog title={`Scopes of ${name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <ScopeBuilder scopes={scopes} onChange={setScopes} />
        {locksOut && <Notice kind="warning">This is you: without users:admin you cannot change it back.</Notice>}
        <TokensEnd of={name} />
        {scopes.length === 0 && <p class="small bad">Leave at least one scope, or remove the user.</p>}
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            kind="main"
            busy={busy}
            disabled={isSame || scopes.length === 0 || scopesFault(scopes) !== undefined}
          >
            Set the scopes
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
