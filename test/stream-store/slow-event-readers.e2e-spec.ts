import { connect, type Server, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readEvents } from '../../libs/client/src/transport/read-events.js';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

const MIB = 1024 * 1024;
const READERS = 10;
const ENTRIES = 100;
const SMALL = 1000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The most that a number grows in one round of the event loop, after which others are served. */
function watchRounds(read: () => number): { most: number; stop(): void } {
  const rounds = { most: 0, stop: () => clearImmediate(next) };
  let before = read();
  const look = (): void => {
    const now = read();
    rounds.most = Math.max(rounds.most, now - before);
    before = now;
    next = setImmediate(look);
  };
  let next = setImmediate(look);
  return rounds;
}

/** A client that asks, and then takes `most` bytes and no more. */
async function reader(running: RunningApplication, path: string, most = 1): Promise<Socket & { taken: number }> {
  const socket = Object.assign(connect(Number(new URL(running.url).port), '127.0.0.1'), { taken: 0 });
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
  socket.on('data', ({ length }) => {
    socket.taken += length;
    if (socket.taken >= most) socket.pause();
  });
  await waitFor('the beginning of the answer', () => socket.taken > 0);
  return socket;
}

describe.each(BOTH_HTTP_ADAPTERS)('Readers of events that do not read, on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  const sockets: Socket[] = [];
  const accepted = new Set<Socket>();
  // About 1 MB of JSON, with white space that must be taken out.
  const entry = Buffer.from(JSON.stringify({ values: Array.from({ length: 110_000 }, (_, index) => index) }, null, 1));
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
    (running.app.getHttpServer() as Server).on('connection', (socket: Socket) => accepted.add(socket));
    for (let index = 0; index < ENTRIES; index += 1) await store.append('large', [Buffer.from(entry)]);
    await store.append(
      'small',
      Array.from({ length: SMALL }, () => Buffer.from('{"value": 1}')),
    );
  });
  afterAll(async () => {
    await running.close();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  it('stream-store#59: cost what waits for them, and no other request has to wait for all of it', async () => {
    const before = heldBytes();
    const rounds = watchRounds(() => writtenTo(accepted));
    for (let index = 0; index < READERS; index += 1)
      sockets.push(await reader(running, '/data/large?last_entry_id=0&count=1000'));
    let last = 0;
    const much = (READERS * entry.length) / 2;
    await waitFor(
      'the buffers to be full',
      () => last === (last = waitingIn(accepted)) && last > 0 && writtenTo(accepted) > much,
      { pause: 300 },
    );
    rounds.stop();
    // What was let go of is given back by a thread of V8, some time after the collection.
    await waitFor('each reader to cost less than 4 MiB', () => (heldBytes() - before) / READERS < 4 * MIB, {
      pause: 500,
    });
    // One entry at a time is made, which has lost its white space, though two that were made may leave in one round; all
    // readers together are sent dozens.
    expect(rounds.most).toBeLessThan(2 * entry.length);
    expect(writtenTo(accepted)).toBeGreaterThan(much);
  });

  it('get all of it when they read in order', async () => {
    const response = await fetch(`${running.url}/data/large+small?last_entry_id=0&count=7`, {
      headers: { Accept: 'text/event-stream' },
    });
    const seen: Record<string, string[]> = { large: [], small: [] };
    for await (const { data } of readEvents(slowly(response))) {
      const { stream, id } = JSON.parse(data.slice(0, 80).replace(/,"data".*/, '}')) as { stream: string; id: string };
      seen[stream]?.push(id);
      if (seen['large']?.length === ENTRIES && seen['small']?.length === SMALL) break;
    }
    const ids = async (stream: string): Promise<string[]> =>
      (await store.readAfter(stream, '0-0', { count: 10_000 })).entries.map(({ id }) => id);
    expect(seen).toEqual({ large: await ids('large'), small: await ids('small') });
  });
});

async function* slowly({ body }: Response): AsyncGenerator<Uint8Array> {
  for await (const part of body ?? []) {
    yield part as Uint8Array;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Bytes that wait for clients in the server. */
function waitingIn(sockets: ReadonlySet<Socket>): number {
  return [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);
}

/** Bytes that were written for clients, those that still wait included. */
function writtenTo(sockets: ReadonlySet<Socket>): number {
  return [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
}
