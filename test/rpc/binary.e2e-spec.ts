import { randomBytes } from 'node:crypto';
import type { RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { binaryFrame, readBinaryFrame } from '../support/binary-frame.js';
import { RpcSocket } from './support/rpc-socket.js';

const v = { jsonrpc: '2.0' };

describe('Binary frames', () => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startPlayground();
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterAll(() => running.close());
  afterEach(() => socket.expectSilence());

  it.each([1, 125, 126, 65_535, 65_536, 1_048_576])('rpc#S36: echoes a payload of %i bytes', async (size) => {
    const payload = randomBytes(size);
    socket.client.send(binaryFrame({ ...v, id: size, method: 'echo-binary' }, payload));
    const { data, isBinary } = await socket.client.next();
    expect(isBinary).toBe(true);
    const reply = readBinaryFrame(data);
    expect(reply.message).toEqual({ ...v, id: size, result: { size } });
    expect(reply.payload.equals(payload)).toBe(true);
  });

  it('rpc#S36: echoes pipelined payloads, each to its own id', async () => {
    const payloads = Array.from({ length: 20 }, (_, index) => randomBytes(1000 + index * 3000));
    payloads.forEach((payload, id) => socket.client.send(binaryFrame({ ...v, id, method: 'echo-binary' }, payload)));
    for (let count = 0; count < payloads.length; count += 1) {
      const reply = readBinaryFrame((await socket.client.next()).data);
      expect(reply.payload.equals(payloads[reply.message['id'] as number] ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('rpc#S36: a binary request without a payload in its reply is answered as text', async () => {
    socket.client.send(binaryFrame({ ...v, id: 1, method: 'sum', params: [1, 2] }, Buffer.from([9])));
    expect(await socket.next()).toEqual({ ...v, id: 1, result: 3 });
    socket.client.send(binaryFrame({ ...v, id: 2, method: 'echo-binary' }, Buffer.alloc(0)));
    expect(await socket.next()).toEqual({ ...v, id: 2, result: { size: 0 } });
  });

  it('rpc#S36: errors and progress of binary requests are text', async () => {
    socket.client.send(binaryFrame({ ...v, id: 1, method: 'app-error' }, Buffer.from([9])));
    expect(await socket.next()).toMatchObject({ id: 1, error: { code: 1234 } });
    socket.client.send(binaryFrame({ ...v, id: 1, method: 'slow', params: { steps: 1 } }, Buffer.from([9])));
    expect(await socket.next()).toMatchObject({ method: 'slow' });
    expect(await socket.next()).toMatchObject({ result: 'done' });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['shorter than its header', Buffer.from([1, 0, 0])],
    ['with a size greater than what follows', Buffer.from([5, 0, 0, 0, 0x7b, 0x7d])],
    ['with the greatest size', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7b, 0x7d])],
    ['with no text', Buffer.from([0, 0, 0, 0, 1, 2])],
    ['with text that is not JSON', Buffer.from([1, 0, 0, 0, 0x7b])],
    ['with text that is not UTF-8', Buffer.from([3, 0, 0, 0, 0x22, 0xff, 0x22])],
  ])('rpc#S37: a frame %s is a parse error as text; the connection stays usable', async (_name, frame) => {
    socket.client.send(frame);
    expect(await socket.next()).toEqual({ ...v, id: null, error: { code: -32700, message: 'Parse error' } });
  });

  it('rpc#S37: there are no batches in binary frames', async () => {
    socket.client.send(binaryFrame([{ ...v, id: 1, method: 'nothing' }], Buffer.from([1])));
    expect(await socket.next()).toMatchObject({ id: null, error: { code: -32600 } });
  });
});
