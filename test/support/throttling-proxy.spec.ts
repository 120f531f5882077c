import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ThrottlingProxy } from './throttling-proxy.js';

const KIB = 1024;

describe('A slow line', () => {
  let server: Server;
  let line: ThrottlingProxy;
  let near: Socket;
  let far: Socket;
  let received: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    line = await ThrottlingProxy.start((server.address() as AddressInfo).port, { down: 100 * KIB });
    received = 0;
    near = connect(line.port, '127.0.0.1').on('data', ({ length }) => (received += length));
    [far] = (await once(server, 'connection')) as [Socket];
  });
  afterEach(async () => {
    near.destroy();
    far.destroy();
    await line.close();
    server.close();
  });

  it.each([10, 50, 200])(
    'brings the end of the server behind %d KiB that came before it',
    async (kibibytes) => {
      far.end(Buffer.alloc(kibibytes * KIB));
      await once(near, 'close');
      expect(received).toBe(kibibytes * KIB);
    },
    10_000,
  );
});
