import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { embeddedStore, type StreamStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { mountSmallDisk, type SmallDisk } from './support/small-disk.js';

const PATTERNS = ['shrinking', 'speed', 'large'] as const;
const WAYS = ['delete', 'max_len', 'outside'] as const;
const OTHERS = ['never', 'meanwhile', 'when it is full'] as const;
const ROUNDS = scaled(20, 3);
/** Of an append each 20 ms, and not before a commit would have ended in between: two seconds at the least. */
const MOST_REFUSALS = 100;

// A build of the library may come first, and each round has deadlines of its own.
jest.setTimeout(600_000);

beforeAll(() => buildLibrary('stream-store'));

interface Acked {
  readonly stream: string;
  readonly id: string;
  readonly number: number;
  readonly size: number;
}

/** What `full-disk.mjs` tells. */
interface Message {
  readonly acked?: readonly Acked[];
  readonly removing?: string;
  readonly trimming?: string;
  readonly please?: 'free';
  readonly full?: { readonly refused: boolean; readonly unhealthy: boolean };
  readonly refusals?: number;
}

describe.each(['tmpfs', 'ext4'] as const)('a full %s under the embedded store', (kind) => {
  it.each(roundsOf(ROUNDS))(
    'takes nothing that was acked, and serves again: %s entries, room by %s, others fill it %s',
    async (pattern, way, others, round) => {
      const disk = mountSmallDisk(kind);
      try {
        const { acked, full, refusals } = await fillAndFree(disk, [pattern, way], others, round);
        expect(full).toEqual({ refused: true, unhealthy: true });
        expect(refusals).toBeLessThan(MOST_REFUSALS);
        await expectStored(disk, acked);
      } finally {
        disk.dispose();
      }
    },
  );
});

/** Every pattern meets every way, and others who fill the disk. */
function roundsOf(count: number) {
  return Array.from({ length: count }, (_unused, round) => {
    const others = (round + Math.floor(round / OTHERS.length) + 1) % OTHERS.length;
    const way = (round + Math.floor(round / (OTHERS.length * PATTERNS.length))) % WAYS.length;
    return [PATTERNS[round % PATTERNS.length], WAYS[way], OTHERS[others], round] as [string, string, string, number];
  });
}

async function fillAndFree(disk: SmallDisk, args: readonly string[], others: string, round: number) {
  const script = join(__dirname, 'support', 'full-disk.mjs');
  const child = fork(script, [join(disk.directory, 'data'), ...args], {
    execArgv: [],
    silent: true,
  });
  const acked = new Map<string, Acked>();
  const trimmed = new Set<string>();
  let told = '';
  let full: Message['full'];
  let refusals: number | undefined;
  let isFilled = others === 'never';
  const fill = () => {
    // Once: filled again behind the child that asked for room, the disk would stay full.
    if (!isFilled) disk.fill();
    isFilled = true;
  };
  child.stderr?.on('data', (text) => (told += String(text)));
  child.on('message', (message: Message) => {
    for (const entry of message.acked ?? []) acked.set(`${entry.stream} ${entry.id}`, entry);
    if (message.removing) forget(acked, message.removing);
    if (message.trimming) trimmed.add(message.trimming);
    if (message.full) {
      full = message.full;
      fill();
      child.send('go on');
    }
    if (message.please === 'free') {
      disk.free();
      child.send('freed');
    }
    refusals = message.refusals ?? refusals;
  });
  try {
    // Not its exit, which may come before what it has sent.
    const ended = once(child, 'close');
    if (others === 'meanwhile') {
      await waitForAcks(acked, round, () => isFilled || child.exitCode !== null || child.signalCode !== null);
      fill();
    }
    expect({ ended: await ended, told }).toEqual({ ended: [0, null], told: '' });
  } finally {
    await endProcess(child);
  }
  for (const stream of trimmed) forget(acked, stream);
  return { acked: [...acked.values()], full, refusals };
}

/** Waits until some entries have come, a few more in each round. */
async function waitForAcks(acked: ReadonlyMap<string, Acked>, round: number, isOver: () => boolean): Promise<void> {
  const most = (2 + (round % 5)) * 1024 * 1024;
  const bytes = () => [...acked.values()].reduce((sum, { size }) => sum + size, 0);
  await waitFor('some acks', () => bytes() > most || isOver(), { pause: 1, deadline: 300_000 });
}

function forget(acked: Map<string, Acked>, stream: string): void {
  for (const [key, entry] of acked) if (entry.stream === stream) acked.delete(key);
}

async function expectStored(disk: SmallDisk, acked: readonly Acked[]): Promise<void> {
  const store = await embeddedStore({ directory: join(disk.directory, 'data') }).create(
    storeContext({ retention: { maxLength: 10_000_000 } }),
  );
  try {
    const stored = await storedEntries(store);
    expect(acked.length).toBeGreaterThan(10);
    expect(acked.filter((entry) => stored.get(`${entry.stream} ${entry.id}`) !== textOf(entry))).toEqual([]);
  } finally {
    await store.close();
  }
}

async function storedEntries(store: StreamStore): Promise<Map<string, string>> {
  const stored = new Map<string, string>();
  for (const stream of await store.list()) {
    for (let after = '0-0'; ;) {
      const { entries } = await store.readAfter(stream, after, { count: 1000 });
      const last = entries.at(-1);
      if (!last) break;
      after = last.id;
      for (const { id, data } of entries) {
        const number = data.readDoubleBE(0);
        const isWhole = data.subarray(8).every((byte) => byte === number % 251);
        stored.set(`${stream} ${id}`, isWhole ? textOf({ number, size: data.length }) : 'altered');
      }
    }
  }
  return stored;
}

const textOf = ({ number, size }: Pick<Acked, 'number' | 'size'>): string => `${number}: ${size} bytes`;
