import assert from 'node:assert/strict';
import type { WatchEvent } from '../api/connection-registry.js';
import { type Connection, type ConnectionQuery, pause, withDeadline } from '@millrace/protocol';
import type { ConnectionRegistry } from '../api/connection-registry.js';

export const PARTITION = 'p';

/** Far more than a slow machine needs. */
const DEADLINE = 60_000;

/** A connection of a name. */
export function connection(uid: string, more: Partial<Connection> = {}): Connection {
  return { uid, uri: `tcp://host/${uid}`, dataType: 'T', connectionType: 0, capacity: 0, ...more };
}

export function connectionsNamed(...uids: string[]): Connection[] {
  return uids.map((uid) => connection(uid));
}

/** Names that a lookup finds, in order. */
export async function names(
  registry: ConnectionRegistry,
  query: ConnectionQuery = {},
  partition = PARTITION,
): Promise<string[]> {
  return (await registry.lookup(partition, query)).map(({ uid }) => uid);
}

/** Names and URIs of everything in a partition, in order. */
export async function placesIn(registry: ConnectionRegistry): Promise<string[]> {
  return (await registry.lookup(PARTITION, {})).map(({ uid, uri }) => `${uid} ${uri}`);
}

/** Fails unless a call is refused with an error code. */
export async function refuses(code: string, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => (error as { code?: string }).code === code, `should be refused with ${code}`);
}

/** Waits until a condition holds, no longer than a minute. */
export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!(await condition())) {
    if (Date.now() > end) assert.fail(`waited in vain for: ${what}`);
    await pause(10);
  }
}

/**
 * Publishes names again and again until exactly some names are found, in order. On a machine that stands still for a while
 * one with a short life may have expired before it is looked up.
 */
export async function shownAgain(
  registry: ConnectionRegistry,
  published: readonly string[],
  expected: readonly string[],
): Promise<void> {
  await waitUntil(`${expected.join()} and no others`, async () => {
    await registry.publish(PARTITION, connectionsNamed(...published));
    return (await names(registry)).join() === expected.join();
  });
}

/** Takes so many events of a watch, giving up after a minute. */
export async function take(watch: AsyncIterable<WatchEvent>, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  const iterator = watch[Symbol.asyncIterator]();
  try {
    while (events.length < count) {
      const next: IteratorResult<WatchEvent, unknown> = await within(iterator.next());
      if (next.done) break;
      events.push(next.value);
    }
  } finally {
    await iterator.return?.();
  }
  return events;
}

/** Takes the first event of a watch, so that what is done afterwards comes as changes; answers the rest of it. */
export async function begun(watch: AsyncIterable<WatchEvent>): Promise<[WatchEvent, AsyncIterable<WatchEvent>]> {
  const iterator = watch[Symbol.asyncIterator]();
  const first: IteratorResult<WatchEvent, unknown> = await within(iterator.next());
  if (first.done) throw new Error('The watch has ended');
  return [first.value, { [Symbol.asyncIterator]: () => iterator }];
}

/** Such as `published a`, for comparison. */
export function brief(event: WatchEvent): string {
  if (event.type === 'gap') return 'gap';
  if (event.type === 'snapshot') return `snapshot ${event.connections.map(({ uid }) => uid).join(',')}`;
  return `${event.type} ${event.connection.uid}`;
}

function within<T>(promise: Promise<T>): Promise<T> {
  return withDeadline(promise, DEADLINE, () => new Error('No event came within a minute'));
}
