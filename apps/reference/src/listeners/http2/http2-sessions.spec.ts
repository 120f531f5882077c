import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Http2Sessions } from './http2-sessions.js';

it('An HTTP/2 connection is ended when it was idle for its time, also after requests', async () => {
  const sessions = new Http2Sessions(50);
  const server = createServer((_request, response) => response.end('ok'));
  server.on('session', (session) => sessions.add(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const ended = once(client, 'close');
  const stream = client.request({ ':path': '/' }).resume();
  await once(stream, 'close');
  await ended;
  expect(client.closed).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});
