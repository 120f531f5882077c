import { thrownText } from '@millrace/protocol';
import { MillraceError } from '../errors/millrace.error.js';

/** What Redis answers while it takes no writes, or nothing, and what has to be done; the first word of its answer decides. */
const STATES: Readonly<Record<string, string>> = {
  OOM: 'the memory of Redis is full (maxmemory); it takes nothing until some is freed, or allowed',
  MISCONF: 'Redis cannot write to its disk and takes nothing until it can; look at its log',
  READONLY: 'the Redis that was reached is a replica, which takes no writes; name the master, or use Sentinel',
  NOREPLICAS: 'Redis has too few replicas at hand (min-replicas-to-write) and takes nothing until they are back',
  MASTERDOWN: 'the Redis that was reached is a replica without its master',
  LOADING: 'Redis is still loading its data; try again later',
  CLUSTERDOWN: 'a part of the Redis cluster is away; try again later',
  WRONGTYPE: 'a key of ours holds what another program has put there; remove it, or set another keyPrefix',
  NOPERM: 'the account at Redis lacks a right',
  NOAUTH: 'Redis asks for a login',
  WRONGPASS: 'Redis refused the login',
};

/**
 * Turns what Redis, or the way to it, reports into one of our errors. A driver looks for what it knows first.
 *
 * @param subject who asked: `The registry`
 */
export function redisError(error: unknown, subject: string): MillraceError {
  if (error instanceof MillraceError) return error;
  const state = redisState(error);
  const text = state ? `${subject} does not work: ${state}` : `${subject} cannot reach Redis; try again later`;
  return new MillraceError('UNAVAILABLE', text, { cause: error });
}

/** Why Redis does what it is asked not to; undefined where it was not reached, or where the command was at fault. */
export function redisState(error: unknown): string | undefined {
  const text = reasonOf(error);
  const [word = ''] = /^[A-Z]+(?= )/.exec(text) ?? [];
  const state = STATES[word];
  return state === undefined ? undefined : `${state} (${firstSentence(text)})`;
}

/** The words of Redis: those of the command that made a transaction fail, of the node that made a cluster fail. */
function reasonOf(error: unknown): string {
  const { lastNodeError, previousErrors } = (error ?? {}) as { lastNodeError?: unknown; previousErrors?: unknown[] };
  return thrownText(previousErrors?.[0] ?? lastNodeError ?? error);
}

/** What follows it is advice for the owner of Redis, up to a page long. */
export function firstSentence(text: string): string {
  const [first = text] = text.split('. ', 1);
  return first.replace(/\.$/, '');
}
