import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that operating systems give to whoever asks for port 0 or opens a connection: one of those could be
 * somebody else's a moment later, even that of the very connection which asks for it.
 */
const [LOWEST, BEHIND] = [15_000, 32_000];

/** A port of the loopback interface that nobody listens on, for programs that cannot take port 0, and for those in vain. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEHIND);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
