import { connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { SlicedWrites } from './sliced-writes.js';

/** A pair of connected sockets; what comes out of `far` is kept, once it is read. */
async function pairOfSockets(server: Server): Promise<[near: Socket, far: Socket]> {
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const far = connect((server.address() as { port: number }).port, '127.0.0.1');
  return [await accepted, far];
}

describe('SlicedWrites', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('leave what is written as it is: every byte, in order, however it is written', async () => {
    const chunk = fc.oneof(fc.nat(200), fc.nat(300_000), fc.constant('text'));
    const turns = fc.array(fc.array(chunk, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(turns, fc.boolean(), async (plan, corked) => {
        const [near, far] = await pairOfSockets(server);
        const writes = new SlicedWrites(near);
        const received: Buffer[] = [];
        far.on('data', (data) => received.push(data));
        const written: Buffer[] = [];
        for (const chunks of plan) {
          if (corked) near.cork();
          for (const size of chunks) {
            const data = size === 'text' ? 'text' : Buffer.alloc(size, written.length + 1);
            written.push(Buffer.from(data as string));
            near.write(data);
          }
          if (corked) near.uncork();
          await new Promise((resolve) => setImmediate(resolve));
        }
        near.end();
        await new Promise((resolve) => far.once('close', resolve));
        const all = Buffer.concat(written);
        expect(Buffer.concat(received).equals(all)).toBe(true);
        expect(writes.bytesSent).toBe(all.length);
      }),
      { numRuns: 30 },
    );
  });

  it('tell what has left while a large write is under way, and it only grows', async () => {
    const [near, far] = await pairOfSockets(server);
    const writes = new SlicedWrites(near);
    const size = 64 * 1024 * 1024;
    let done = false;
    near.write(Buffer.alloc(1000));
    near.write(Buffer.alloc(size), () => (done = true));
    const seen = new Set<number>();
    far.on('data', () => seen.add(writes.bytesSent));
    await new Promise<void>((resolve) => {
      const look = (): void => void (done ? resolve() : setTimeout(look, 1));
      look();
    });
    expect(seen.size).toBeGreaterThan(10);
    expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
    expect(writes.bytesSent).toBe(size + 1000);
    near.destroy();
    far.destroy();
  });

  it('tell exactly what has left for a peer that takes a part of a slice', async () => {
    const [near, far] = await pairOfSockets(server);
    const writes = new SlicedWrites(near);
    near.write(Buffer.alloc(64 * 1024 * 1024));
    await new Promise((resolve) => setImmediate(resolve));
    const sent = writes.bytesSent;
    // The operating system still delivers what it has taken.
    near.destroy();
    let received = 0;
    far.on('data', ({ length }) => (received += length));
    await new Promise((resolve) => far.once('close', resolve));
    expect(received).toBe(sent);
    expect(received).toBeGreaterThan(0);
  });

  it('end with the error of a socket that is gone', async () => {
    const [near, far] = await pairOfSockets(server);
    const writes = new SlicedWrites(near);
    near.on('error', () => undefined);
    const failed = new Promise<unknown>((resolve) => near.write(Buffer.alloc(64 * 1024 * 1024), resolve));
    far.on('error', () => undefined).destroy();
    expect(await failed).toMatchObject({ code: expect.stringMatching(/^E/) });
    expect(writes.bytesSent).toBeLessThan(64 * 1024 * 1024);
  });
});
