import type { EntryId } from '@millrace/protocol';
import { StreamStore } from '@millrace/stream-store';
import type { ConsoleApplication } from './console-application.js';

/** The store of an application, which holds what its streams hold. */
export function storeOf({ app }: ConsoleApplication): StreamStore {
  return app.get(StreamStore, { strict: false });
}

/** Stores entries; texts as UTF-8, other values as JSON. @returns their IDs */
export function append(running: ConsoleApplication, stream: string, entries: readonly unknown[]): Promise<EntryId[]> {
  return storeOf(running).append(stream, entries.map(bytesOf));
}

/** Everything that a stream holds, as text. */
export async function textsOf(running: ConsoleApplication, stream: string): Promise<string[]> {
  const entries = await storeOf(running).readNewest(stream, 10_000);
  return entries.map(({ data }) => data.toString());
}

function bytesOf(entry: unknown): Buffer {
  if (Buffer.isBuffer(entry)) return entry;
  return Buffer.from(typeof entry === 'string' ? entry : JSON.stringify(entry));
}
