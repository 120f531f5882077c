import { Duplex, Writable } from 'node:stream';
import { corkForTurn, drained } from './send-buffer.js';

/** A socket whose writes wait until they are let go. */
class StuckSocket extends Duplex {
  readonly writes: string[][] = [];
  private held: (() => void)[] = [];

  constructor() {
    super({ highWaterMark: 4 });
  }

  override _read(): void {
    // Nothing comes in.
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()));
    this.held.push(callback);
  }

  letGo(): void {
    for (const callback of this.held.splice(0)) callback();
  }
}

describe('The send buffer', () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('hands over the writes of one turn together, and those of the next by themselves', async () => {
    const socket = new StuckSocket();
    for (const text of ['a', 'b', 'c']) {
      corkForTurn(socket);
      socket.write(text);
    }
    expect(socket.writes).toEqual([]);
    await turn();
    socket.letGo();
    corkForTurn(socket);
    socket.write('d');
    await turn();
    expect(socket.writes).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('is drained when it has room again, and then at once', async () => {
    const socket = new StuckSocket();
    await drained(socket);
    socket.write('far too much');
    let free = false;
    const waiting = drained(socket).then(() => (free = true));
    await turn();
    expect(free).toBe(false);
    socket.letGo();
    await waiting;
    expect(socket.listenerCount('drain')).toBe(0);
  });

  it('lets others have their turn, however fast the peer takes what is written', async () => {
    const socket = new Writable({ highWaterMark: 4, write: (_chunk, _encoding, callback) => callback() });
    let served = 0;
    const other = (): unknown => (served += 1) < 100 && setImmediate(other);
    setImmediate(other);
    for (let round = 0; round < 100; round += 1) {
      socket.cork();
      socket.write('far too much');
      process.nextTick(() => socket.uncork());
      await drained(socket);
    }
    expect(served).toBeGreaterThanOrEqual(99);
  });

  it('needs one listener, however many wait', async () => {
    const socket = new StuckSocket();
    socket.write('far too much');
    const waiting = Promise.all(Array.from({ length: 100 }, () => drained(socket)));
    expect(socket.listenerCount('drain')).toBe(1);
    socket.letGo();
    await waiting;
    expect(socket.listenerCount('drain')).toBe(0);
  });

  it('is drained when the socket has ended', async () => {
    const socket = new StuckSocket();
    socket.write('far too much');
    const waiting = drained(socket);
    socket.destroy();
    await expect(waiting).resolves.toBeUndefined();
  });
});
