import assert from 'node:assert/strict';
import { pause, withDeadline } from '@millrace/protocol';
import type { EntryId, StoredEntry, StreamFollower, StreamStore } from '../../api/stream-store.js';

const DEADLINE = 60_000;

export function bytes(...texts: string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text));
}

/** Buffers holding the numbers `from` to `to` (exclusive) as text. */
export function numbers(to: number, from = 0): Buffer[] {
  return Array.from({ length: to - from }, (_unused, index) => Buffer.from(String(from + index)));
}

export function texts(entries: readonly StoredEntry[]): string[] {
  return entries.map(({ data }) => data.toString());
}

export function idsOf(entries: readonly { readonly id: EntryId }[]): EntryId[] {
  return entries.map(({ id }) => id);
}

/** Appends an entry for each ID asked for, which is its data as well; undefined asks for none. */
export function own(store: StreamStore, stream: string, ...ids: (string | undefined)[]): Promise<string[]> {
  return store.appendAll(ids.map((id) => ({ stream, data: Buffer.from(id ?? 'new'), id })));
}

/** Fails unless one of the IDs is refused. */
export function refused(store: StreamStore, stream: string, ...ids: string[]): Promise<void> {
  return assert.rejects(own(store, stream, ...ids), { name: 'EntryIdError' }, ids.join(' '));
}

export async function readAll(store: StreamStore, stream: string): Promise<StoredEntry[]> {
  const { entries } = await store.readAfter(stream, '0-0', { count: 1_000_000 });
  return entries;
}

/** Takes from a follower until it has so many entries; fails when they do not come. */
export async function takeEntries(follower: StreamFollower, wanted: number): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  const end = Date.now() + DEADLINE;
  while (entries.length < wanted) {
    const batch = await follower.take();
    entries.push(...batch.entries);
    if (batch.entries.length === 0) await news(follower, end);
  }
  return entries;
}

export function news(follower: StreamFollower, end = Date.now() + DEADLINE): Promise<void> {
  const heard = new Promise<void>((resolve) => follower.onNews(resolve));
  return withDeadline(heard, Math.max(0, end - Date.now()), () => new Error('The follower heard of no news'));
}

/** Waits until a condition holds. */
export async function until<T>(what: string, condition: () => Promise<T> | T): Promise<NonNullable<T>> {
  const end = Date.now() + DEADLINE;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < end, `Waited in vain for: ${what}`);
    await pause(5);
  }
}

export function assertGrowing(ids: readonly EntryId[]): void {
  const parts = ids.map((id) => {
    assert.match(id, /^\d+-\d+$/);
    return id.split('-').map(BigInt) as [bigint, bigint];
  });
  for (const [index, [ms, seq]] of parts.entries()) {
    const [lastMs, lastSeq] = parts[index - 1] ?? [0n, 0n];
    assert.ok(ms > lastMs || (ms === lastMs && seq > lastSeq), `${ids[index]} does not lie above ${ids[index - 1]}`);
  }
}
