import type { SocketConnection } from '@millrace/core/sockets';
import { EntryIdError, StoreUnavailableError } from '../../api/store.errors.js';
import { StreamStatistics } from '../../api/stream-statistics.js';
import type { Append, PushIntake, Stored, Taken } from './push-intake.js';
import { PushPipeline } from './push-pipeline.js';

/** A connection that writes down what happens to it. */
class FakeConnection {
  bufferedBytes = 0;
  readonly written: string[] = [];
  failure: unknown;
  readonly ws = {
    isPaused: false,
    pause: () => (this.ws.isPaused = true),
    resume: () => (this.ws.isPaused = false),
  };

  readonly bytesSent = 0;
  bytesHeld(): Promise<number> {
    return Promise.resolve(0);
  }

  writeFrames(bytes: Buffer): boolean {
    // Short texts: two bytes of header each.
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt8(at + 1))
      this.written.push(bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt8(at + 1)));
    return true;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  fail(error: unknown): void {
    this.failure = error;
  }
}

/**
 * Refuses `bad`, and waits for more behind `header`. Each message that begins with `own` or `batch` is an append, the
 * former one that the store may refuse; the rest is collected.
 */
class FakeIntake implements PushIntake {
  readonly appends: { texts: string[]; answer: (stored: Stored) => void; reject: (error: unknown) => void }[] = [];
  private collected: string[] = [];

  take(data: Buffer): Taken {
    const text = data.toString();
    if (text === 'bad') throw new EntryIdError('bad');
    if (text === 'header') return 'read';
    if (/^own|^batch/.test(text)) return this.append([text], text.startsWith('own'));
    this.collected.push(text);
    return 'collected';
  }

  flush(): Append | undefined {
    const texts = this.collected;
    this.collected = [];
    return texts.length === 0 ? undefined : this.append(texts, false);
  }

  acknowledge(ids: readonly string[]): readonly string[] {
    return ids;
  }

  private append(texts: string[], mayBeRefused: boolean): Append {
    const store = () =>
      new Promise<Stored>((answer, reject) => {
        this.appends.push({ texts, answer, reject });
      });
    return { mayBeRefused, store };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function open({ maxInFlightBytes = 1_000_000 } = {}) {
  const connection = new FakeConnection();
  const intake = new FakeIntake();
  const statistics = new StreamStatistics();
  const pipeline = new PushPipeline(connection as unknown as SocketConnection, intake, {
    ack: true,
    limits: { maxInFlightBytes, maxBufferedBytes: 1000 },
    statistics,
  });
  const send = (...texts: string[]): void => texts.forEach((text) => pipeline.receive(Buffer.from(text), true));
  const answer = async (index: number, { refusal }: Pick<Stored, 'refusal'> = {}): Promise<void> => {
    const { texts = [], answer: done } = intake.appends[index] ?? {};
    done?.({ ids: texts.map((text) => `id-${text}`), refusal });
    await turn();
  };
  const texts = (): string[][] => intake.appends.map((append) => append.texts);
  return { connection, intake, pipeline, statistics, send, answer, texts };
}

describe('The pipeline of a push socket', () => {
  it('appends the messages of one turn together, and does not wait for an append before the next', async () => {
    const { send, texts } = open();
    send('a', 'b');
    await turn();
    send('c');
    await turn();
    expect(texts()).toEqual([['a', 'b'], ['c']]);
  });

  it('acknowledges in the order of the messages, whatever the order in which they are stored', async () => {
    const { connection, send, answer } = open();
    send('a');
    await turn();
    send('b');
    await turn();
    await answer(1);
    expect(connection.written).toEqual([]);
    await answer(0);
    expect(connection.written).toEqual(['id-a', 'id-b']);
  });

  it('holds back what comes behind an append that the store may refuse', async () => {
    const { connection, send, answer, texts } = open();
    send('batch1', 'own1', 'batch2', 'own2', 'batch3');
    await turn();
    expect(texts()).toEqual([['batch1'], ['own1']]);
    expect(connection.ws.isPaused).toBe(true);
    await answer(1);
    expect(texts()).toEqual([['batch1'], ['own1'], ['batch2'], ['own2']]);
    expect(connection.ws.isPaused).toBe(true);
    await answer(3);
    expect(texts().at(-1)).toEqual(['batch3']);
    expect(connection.ws.isPaused).toBe(false);
  });

  it('stores and acknowledges what came before a refused message, then closes, and stores nothing behind it', async () => {
    const { connection, statistics, send, answer, texts } = open();
    send('a', 'b', 'bad', 'c');
    await turn();
    expect(texts()).toEqual([['a', 'b']]);
    expect(connection.failure).toBeUndefined();
    await answer(0);
    expect(connection.written).toEqual(['id-a', 'id-b']);
    expect(connection.failure).toBeInstanceOf(EntryIdError);
    expect(statistics).toMatchObject({ refusedPushes: 1 });
  });

  it('acknowledges what was stored before an entry that the store refused, and drops what waited', async () => {
    const { connection, send, answer, texts } = open();
    send('own1', 'batch1');
    await answer(0, { refusal: { error: new EntryIdError('not above the last one') } });
    expect(connection.written).toEqual(['id-own1']);
    expect(connection.failure).toBeInstanceOf(EntryIdError);
    expect(texts()).toEqual([['own1']]);
  });

  it('closes once when several appends fail', async () => {
    const { connection, intake, statistics, send } = open();
    send('a');
    await turn();
    send('b');
    await turn();
    for (const { reject } of intake.appends) reject(new StoreUnavailableError());
    await turn();
    expect(connection.failure).toBeInstanceOf(StoreUnavailableError);
    expect(statistics.refusedPushes).toBe(1);
  });

  it('pauses the socket above the limit, and resumes it when half of that is stored', async () => {
    const { connection, statistics, send, answer } = open({ maxInFlightBytes: 300 });
    send('a'.repeat(100));
    await turn();
    send('b'.repeat(100));
    await turn();
    expect(connection.ws.isPaused).toBe(true);
    expect(statistics.heldBack).toBe(1);
    await answer(0);
    expect(connection.ws.isPaused).toBe(true);
    await answer(1);
    expect(connection.ws.isPaused).toBe(false);
  });

  it('does not count a header that waits for its blob, or a large one would stop its own socket', () => {
    const { connection, send } = open({ maxInFlightBytes: 10 });
    send('header');
    expect(connection.ws.isPaused).toBe(false);
  });

  it('drains: stores what was received, and takes nothing more', async () => {
    const { connection, pipeline, send, answer, texts } = open();
    send('a');
    let drained = false;
    const draining = pipeline.drain().then(() => (drained = true));
    await turn();
    expect(drained).toBe(false);
    await answer(0);
    await draining;
    send('b');
    await turn();
    expect(texts()).toEqual([['a']]);
    expect(connection.written).toEqual(['id-a']);
    expect(connection.ws.isPaused).toBe(true);
  });
});
