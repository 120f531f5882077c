import { signal } from '@preact/signals';
import { Notice } from '../parts/display/notice.js';
import { Button } from '../parts/controls/button.js';
import { textOf } from '../parts/formats/text-of.js';
import { Waiting } from '../parts/display/waiting.js';
import { type ConsoleConfiguration, readConfiguration } from './configuration.js';
import { Login } from './login.js';
import { openClients } from './servers.js';
import { isLeaving, resumeSession, session } from './session.js';
import { Shell } from './shell.js';

const configuration = signal<ConsoleConfiguration | undefined>(undefined);
const failure = signal<string | undefined>(undefined);

/** Finds out what the server has and who is there; until it knows, there is nothing to show. */
async function start(): Promise<void> {
  failure.value = undefined;
  try {
    const found = await readConfiguration();
    document.title = found.title;
    await openClients(found);
    await resumeSession();
    configuration.value = found;
  } catch (error) {
    failure.value = textOf(error);
  }
}

void start();

export function App() {
  if (failure.value !== undefined) {
    return (
      <main class="alone">
        <Notice kind="error">{failure.value}</Notice>
        <Button onClick={start}>Try again</Button>
      </main>
    );
  }
  const found = configuration.value;
  if (!found) {
    return (
      <main class="alone">
        <Waiting for="the server to say what it has" />
      </main>
    );
  }
  if (isLeaving.value) {
    return (
      <main class="alone">
        <Waiting for="the end of your login" />
      </main>
    );
  }
  return session.value ? <Shell title={found.title} /> : <Login title={found.title} />;
}
