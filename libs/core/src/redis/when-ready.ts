import { thrownText, withDeadline } from '@millrace/protocol';
import { MillraceError } from '../errors/millrace.error.js';
import { redisPlace } from './place.js';
import { firstSentence } from './redis-error.js';
import { isCluster, type RedisClient } from './shared-redis.options.js';

/**
 * Waits until a connection is ready, and begins it where nobody has.
 *
 * @param subject who waits: `The stream store`
 * @param deadline milliseconds
 * @param options `once`: for as long as the attempt which is under way
 * @throws MillraceError `UNAVAILABLE` after the deadline, or at once where Redis refuses the login or shows a certificate that
 *   is not trusted
 */
export async function whenReady(
  client: RedisClient,
  subject: string,
  deadline: number,
  { once = false } = {},
): Promise<void> {
  if (client.status === 'ready') return nodesReady(client, subject, deadline);
  let last: unknown;
  const noAnswer = (when: string): Error =>
    new MillraceError(
      'UNAVAILABLE',
      `${subject} got no answer of Redis ${when}at ${redisPlace(client)}${because(last)}; ${questionOf(client)}`,
      { cause: last },
    );
  const listeners = new AbortController();
  const heard = hearOneMore(client);
  const ready = new Promise<void>((resolve, reject) => {
    const listenTo = (event: string, listener: (error?: unknown) => void): void => {
      client.on(event, listener);
      listeners.signal.addEventListener('abort', () => client.off(event, listener));
    };
    const onError = (error: unknown): void => {
      // A cluster says no more than that its nodes are closed; they have said why.
      if (!isCluster(client) || last === undefined) last = ofNode(error);
      const refusal = refusalOf(error);
      // Waiting does not change it.
      if (refusal !== undefined) reject(refused(client, subject, refusal));
    };
    listenTo('ready', () => resolve());
    listenTo('error', onError);
    listenTo('sentinelError', (error) => (last = error));
    listenTo('node error', (error) => (last = error));
    // Closed beside another one that failed, or by the host's own settings.
    listenTo('end', () => reject(noAnswer('')));
    if (once) listenTo('close', () => reject(noAnswer('')));
    if (client.status === 'wait') client.connect().catch(onError);
  });
  try {
    await withDeadline(ready, deadline, () => noAnswer(`within ${deadline} ms `));
  } finally {
    listeners.abort();
    heard();
  }
  await nodesReady(client, subject, deadline);
}

/**
 * Each driver that waits for a shared connection listens for itself. Node takes more than ten of them for a leak.
 *
 * @returns takes it back
 */
function hearOneMore(client: RedisClient): () => void {
  // Where it is 0 there is no limit.
  if (client.getMaxListeners() === 0) return () => undefined;
  client.setMaxListeners(client.getMaxListeners() + 1);
  return () => client.setMaxListeners(client.getMaxListeners() - 1);
}

/** A cluster calls itself ready before the connections to its masters are. */
async function nodesReady(client: RedisClient, subject: string, deadline: number): Promise<void> {
  if (!isCluster(client)) return;
  const opening = client.nodes('master').filter(isConnecting);
  await Promise.all(opening.map((node) => whenReady(node, subject, deadline, { once: true })));
}

/** Whether an attempt to connect is under way, or has not been made. Between two of them Redis is away. */
export function isConnecting({ status }: RedisClient): boolean {
  return status === 'wait' || status === 'connecting' || status === 'connect';
}

/** What Redis says of a login or a database, and goes on saying. */
const REFUSALS = /^(WRONGPASS|NOAUTH|NOPERM|DENIED|ERR (invalid password|(invalid )?DB index|SELECT is not allowed))/;

/** What Node says of a certificate. */
const DISTRUST = /^(CERT_|ERR_TLS_CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_|UNABLE_TO_(GET|VERIFY)_)/;

interface Refusal {
  readonly what: 'login' | 'database' | 'certificate';
  /** In the words of Redis or Node. */
  readonly text: string;
}

const REMEDIES: Readonly<Record<Refusal['what'], string>> = {
  login: 'check user and password, and what that user may do',
  database: 'choose another database',
  certificate: 'give the certificate of the authority that signed it',
};

/** The error of a node, where a cluster says no more than that none of them is there. */
function ofNode(error: unknown): unknown {
  const { lastNodeError = error } = (error ?? {}) as { lastNodeError?: unknown };
  return lastNodeError;
}

/** What will not change by itself; undefined for other errors. */
function refusalOf(error: unknown): Refusal | undefined {
  const reason = ofNode(error);
  const text = thrownText(reason);
  const { code } = (reason ?? {}) as { code?: unknown };
  if (typeof code === 'string' && DISTRUST.test(code)) return { what: 'certificate', text: `${code}: ${text}` };
  if (!REFUSALS.test(text)) return undefined;
  return { what: /\b(DB index|SELECT)\b/.test(text) ? 'database' : 'login', text: firstSentence(text) };
}

/** The cause has the text alone: the error of ioredis holds the command, and so the password. */
function refused(client: RedisClient, subject: string, { what, text }: Refusal): MillraceError {
  const problem =
    what === 'certificate' ? `showed a certificate that is not trusted (${text})` : `refused the ${what} (${text})`;
  return new MillraceError('UNAVAILABLE', `${subject}: Redis at ${redisPlace(client)} ${problem}; ${REMEDIES[what]}`, {
    cause: new Error(text),
  });
}

/** What to look at where Redis does not answer. */
function questionOf(client: RedisClient): string {
  if (client.status === 'connect') return 'it takes connections and is not ready: is it still loading its data?';
  const { tls } = isCluster(client) ? (client.options.redisOptions ?? {}) : client.options;
  return tls ? 'is it running, and does it take TLS there?' : 'is it running?';
}

function because(error: unknown): string {
  return error === undefined ? '' : ` (${thrownText(error)})`;
}
