import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { heldBytes, type TcpPorts } from './held-bytes.js';

const read = (...sockets: TcpPorts[]): ReturnType<typeof heldBytes> =>
  heldBytes(sockets, (path) => readFile(path, 'latin1'));

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('heldBytes', () => {
  onLinux.each(['127.0.0.1', '::'])('counts what the peer of a connection at %s has not taken', async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const far = connect((server.address() as { port: number }).port, '127.0.0.1');
    const near = await accepted;
    expect(await read(near, far)).toEqual([0, 0]);
    far.pause();
    // More than the operating system would take for a peer that does not read.
    near.write(Buffer.alloc(128 * 1024 * 1024));
    const until = async (reached: (held: number) => boolean): Promise<void> => {
      while (!reached((await read(near))[0] ?? 0)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until((held) => held > 64 * 1024);
    far.resume();
    await until((held) => held === 0);
    far.destroy();
    near.destroy();
    server.close();
    expect(await read({ localPort: 1, remotePort: 1 }, {})).toEqual([undefined, undefined]);
  });
});
