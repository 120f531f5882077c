import type { UserInfo } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Dialog } from '../../parts/controls/dialog.js';
import { Notice } from '../../parts/display/notice.js';
import { useSubmit } from '../../parts/loading/use-submit.js';
import { PasswordFields, passwordFault } from './password-fields.js';
import { TokensEnd } from './tokens-end.js';

interface ChangeProps {
  readonly user: UserInfo;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Gives a user a new password. */
export function ChangePassword({ user: { name }, onDone, onClose }: ChangeProps) {
  const [password, setPassword] = useState({ first: '', again: '' });
  const { submit, busy, failure } = useSubmit(async () => {
    await server('users').users.put(name, { password: password.first });
    announce(`“${name}” has a new password.`);
    onDone();
    onClose();
  });
  return (
    <Dialog title={`New password of ${name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <PasswordFields label="New password" value={password} onChange={setPassword} />
        <TokensEnd of={name} />
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={busy} disabled={passwordFault(password) !== undefined}>
            Set the password
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
