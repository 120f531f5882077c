// The clients of both servers: connectors of ours, and bare `ws` sockets which do the same work.
import { ConnectorSet } from '@millrace/connector';
import { WebSocket } from 'ws';

export const WINDOW = 256;
const payload = { text: 'x'.repeat(1000) };

export async function connectConnector(port) {
  const set = await ConnectorSet.create({
    targetServer: `http://127.0.0.1:${port}`,
    authToken: 'token',
    sources: ['bench'],
    outbox: { window: WINDOW, capacity: 4 * WINDOW },
  });
  const source = set.connection('bench');
  source.configureHandlers({
    publish: () => undefined,
    query: async (responder, query) => (query.rows === 1 ? responder.complete([payload]) : responder.empty()),
  });
  set.start();
  while (!source.isConnected) await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    async notify(milliseconds) {
      const started = performance.now();
      let sent = 0;
      while (performance.now() - started < milliseconds) {
        await source.notify(payload);
        sent += 1;
      }
      await source.flush();
      return sent / ((performance.now() - started) / 1000);
    },
    close: () => set.close(),
  };
}

export async function connectBare(port) {
  const socket = await open(`ws://127.0.0.1:${port}`);
  let acknowledged = () => undefined;
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.status !== undefined) acknowledged();
    else if (message.id !== undefined)
      socket.send(JSON.stringify({ answer: message.id, body: message.object.rows === 1 ? [payload] : undefined }));
  });
  return {
    notify(milliseconds) {
      const started = performance.now();
      let sent = 0;
      let inFlight = 0;
      return new Promise((resolve) => {
        const fill = () => {
          while (inFlight < WINDOW && performance.now() - started < milliseconds) {
            socket.send(JSON.stringify({ op: 'notification', resourceId: 'bench', object: payload }));
            sent += 1;
            inFlight += 1;
          }
          if (inFlight === 0) resolve(sent / ((performance.now() - started) / 1000));
        };
        acknowledged = () => {
          inFlight -= 1;
          fill();
        };
        fill();
      });
    },
    close: () => socket.close(),
  };
}

/** Sockets that do nothing; at the hub each has claimed a source. */
export async function openIdle(port, count, claims) {
  const sockets = [];
  for (let index = 0; index < count; index += 1) {
    const socket = await open(`ws://127.0.0.1:${port}${claims ? '/api/v1/wsock/websocket' : ''}`);
    if (claims) {
      socket.send(JSON.stringify({ op: 'validate', resourceName: 'system.credentials', object: 'token' }));
      await new Promise((resolve) => socket.once('message', resolve));
      socket.send(JSON.stringify({ op: 'connectExtension', resourceName: 'sources', resourceId: `idle-${index}` }));
      await new Promise((resolve) => socket.once('message', resolve));
    }
    sockets.push(socket);
  }
  return () => sockets.forEach((socket) => socket.terminate());
}

function open(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  return new Promise((resolve, reject) => socket.once('open', () => resolve(socket)).once('error', reject));
}
