import { useState } from 'preact/hooks';
import { Button } from '../parts/controls/button.js';
import { TextField } from '../parts/controls/field.js';
import { Notice } from '../parts/display/notice.js';
import { textOf } from '../parts/formats/text-of.js';
import { Mark } from './mark.js';
import { goInWithoutName, logIn, sessionEnd } from './session.js';

/** The page to log in. The address stays, so that the user comes back to where the login ran out. */
export function Login({ title }: { readonly title: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure('');
    try {
      await logIn(name, password);
    } catch (error) {
      setFailure(textOf(error));
      setBusy(false);
    }
  };

  return (
    <main class="alone">
      <form class="card login" onSubmit={(event) => void submit(event)}>
        <Mark />
        <h1>{title}</h1>
        {sessionEnd.value && !failure && <Notice kind="info">{sessionEnd.value}</Notice>}
        {failure && <Notice kind="error">{failure}</Notice>}
        <TextField label="Name" value={name} onInput={setName} autocomplete="username" required />
        <TextField
          label="Password"
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          required
        />
        <Button type="submit" kind="main" busy={busy}>
          Log in
        </Button>
        <Button kind="plain" onClick={goInWithoutName}>
          Look around without a login
        </Button>
      </form>
    </main>
  );
}
