import { useEffect } from 'preact/hooks';
import { useLoaded } from '../parts/loading/use-loaded.js';
import { readConfiguration } from './configuration.js';
import { server } from './servers.js';
import { isLoggedIn, session } from './session.js';

/** From one question to the next, in milliseconds. */
const PAUSE = 5000;

/**
 * Asks the server now and then whether it is there and whether the login still counts, also for pages that have only sockets:
 * a browser does not tell why a socket was refused.
 */
export function useHeartbeat(): void {
  const byName = isLoggedIn.value;
  const { value } = useLoaded(
    async (signal) => (byName ? server('login').session({ signal }) : void (await readConfiguration())),
    [byName],
    { every: PAUSE },
  );
  useEffect(() => {
    // The scopes of a user may change meanwhile.
    if (value && value.scopes.join('\n') !== session.value?.scopes?.join('\n'))
      session.value = { subject: value.subject, scopes: value.scopes };
  }, [value]);
}
