import type { IssuedApiKey } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { Button } from '../../parts/controls/button.js';
import { Dialog } from '../../parts/controls/dialog.js';
import { Choice, TextField } from '../../parts/controls/field.js';
import { Notice } from '../../parts/display/notice.js';
import { ScopeBuilder, scopesFault } from '../../parts/scopes/scope-builder.js';
import { useSubmit } from '../../parts/loading/use-submit.js';
import { IssuedKey } from './issued-key.js';

type Expiry = 'never' | '7d' | '30d' | '90d' | 'date';

const EXPIRIES: Readonly<Record<Expiry, string>> = {
  '7d': 'In 7 days',
  '30d': 'In 30 days',
  '90d': 'In 90 days',
  date: 'At a time',
  never: 'Never',
};

interface NewKeyDialogProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

/** Asks what a new key is to be, makes it, and shows it for the only time. */
export function NewKeyDialog({ onMade, onClose }: NewKeyDialogProps) {
  const [issued, setIssued] = useState<IssuedApiKey | undefined>();
  const [isKept, setKept] = useState(false);
  const [asks, setAsks] = useState(false);
  const close = (): void => {
    if (issued && !isKept && !asks) setAsks(true);
    else onClose();
  };
  return (
    <Dialog title={issued ? 'Your new key' : 'New key'} onClose={close}>
      {issued ? (
        <>
          <IssuedKey issued={issued} onKept={() => setKept(true)} onDone={close} />
          {asks && !isKept && (
            <Notice kind="error">You have not copied the key. Close again to lose sight of it for good.</Notice>
          )}
        </>
      ) : (
        <NewKeyForm
          onMade={(made) => {
            setIssued(made);
            onMade();
          }}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface NewKeyFormProps {
  readonly onMade: (issued: IssuedApiKey) => void;
  readonly onClose: () => void;
}

function NewKeyForm({ onMade, onClose }: NewKeyFormProps) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [expiry, setExpiry] = useState<Expiry>('90d');
  const [date, setDate] = useState('');
  const fault = scopesFault(scopes);
  const isPast = expiry === 'date' && date !== '' && Date.parse(date) <= Date.now();
  const isWhole = name.trim() !== '' && scopes.length > 0 && !fault && (expiry !== 'date' || (date !== '' && !isPast));

  const { submit, busy, failure } = useSubmit(async () => {
    const expires = expiry === 'never' ? null : expiry === 'date' ? new Date(date) : expiry;
    onMade(await server('keys').keys.create({ name: name.trim(), scopes, expires }));
  });

  return (
    <form onSubmit={submit}>
      <TextField
        label="Name"
        hint="For people: who or what will use it"
        placeholder="weather station"
        value={name}
        onInput={setName}
        autocomplete="off"
        required
      />
      <ScopeBuilder scopes={scopes} onChange={setScopes} />
      <Choice
        label="Runs out"
        hint={expiry === 'never' ? 'A key that somebody takes counts until you revoke it.' : undefined}
        value={expiry}
        onChange={setExpiry}
        choices={EXPIRIES}
      />
      {expiry === 'date' && (
        <TextField
          label="Runs out at"
          type="datetime-local"
          value={date}
          onInput={setDate}
          fault={isPast ? 'This time is past' : undefined}
          required
        />
      )}
      {failure && <Notice kind="error">{failure}</Notice>}
      <div class="row end">
        {scopes.length === 0 && <span class="small soft">Add a scope first.</span>}
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={busy} disabled={!isWhole}>
          Make the key
        </Button>
      </div>
    </form>
  );
}
