import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Logger } from '@nestjs/common';
import { waitFor } from '../../../../../test/support/waiting.js';
import { Http2Endpoint } from './http2-endpoint.js';

describe('Requests by HTTP/2 that are given up', () => {
  let server: Server;
  let url: string;
  let [begun, aborted, running, most] = [0, 0, 0, 0];
  beforeEach(async () => {
    [begun, aborted, running, most] = [0, 0, 0, 0];
    const endpoint = new Http2Endpoint((request, response) => {
      begun += 1;
      running += 1;
      most = Math.max(most, running);
      request.once('aborted', () => (aborted += 1));
      response.once('close', () => (running -= 1));
      if (request.url === '/fast') response.end('fast');
    }, new Logger());
    server = createServer((socket) => endpoint.accept(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it.each([constants.NGHTTP2_CANCEL, constants.NGHTTP2_NO_ERROR])(
    'are aborted, with code %i; those of one connection are bounded, and it ends',
    async (code) => {
      const client = connect(url);
      client.on('error', () => undefined);
      let closed = false;
      client.once('close', () => (closed = true));
      await once(client, 'remoteSettings');
      for (let round = 0; round < 200 && !closed; round += 1) {
        const streams = Array.from({ length: client.destroyed || client.closed ? 0 : 100 }, () =>
          client.request({ ':path': '/slow' }).on('error', () => undefined),
        );
        const before = begun;
        await waitFor('their handlers', () => begun > before || closed || client.closed);
        for (const stream of streams) stream.close(code);
        await new Promise(setImmediate);
      }
      await waitFor('the end of the connection', () => closed);
      await waitFor('the end of all that was begun', () => running === 0);
      expect(most).toBeLessThanOrEqual(128);
      // What is paid back while the test runs depends on the machine, and is far below what was tried.
      expect(begun).toBeGreaterThanOrEqual(500);
      expect(begun).toBeLessThan(10_000);
      expect(aborted).toBe(begun);
    },
  );

  it('leave the connection alone while they are few, however many others are answered', async () => {
    const client = connect(url);
    const get = (): Promise<unknown> => once(client.request({ ':path': '/fast' }).resume(), 'close');
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 50 }, get));
      const given = client.request({ ':path': '/slow' });
      given.close(constants.NGHTTP2_CANCEL);
      await once(given, 'close');
    }
    expect(client.closed).toBe(false);
    client.close();
    await once(client, 'close');
  });
});
