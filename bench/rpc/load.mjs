// The caller: keeps a window of calls under way on each connection and counts the answers.
import { WebSocket } from 'ws';

/** @returns messages of one size; batches hold 50 calls each */
export function makeMessage({ envelope, bytes, batch }) {
  const params = ['x'.repeat(bytes)];
  if (envelope === 'gateway') return JSON.stringify({ event: 'echo', data: params });
  const call = { jsonrpc: '2.0', id: 1, method: 'echo', params };
  return JSON.stringify(batch > 1 ? Array.from({ length: batch }, (_, id) => ({ ...call, id })) : call);
}

/** Calls for a time; answers the number of calls that were answered. */
export async function run(port, { message, connections, window, batch, milliseconds }) {
  const counts = await Promise.all(
    Array.from({ length: connections }, () => drive(port, { message, window, milliseconds })),
  );
  return counts.reduce((total, count) => total + count, 0) * batch;
}

function drive(port, { message, window, milliseconds }) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { perMessageDeflate: false });
    let answered = 0;
    let underWay = 0;
    let end = 0;
    ws.on('error', reject);
    ws.on('open', () => {
      end = performance.now() + milliseconds;
      for (; underWay < window; underWay += 1) ws.send(message);
    });
    ws.on('message', () => {
      answered += 1;
      if (performance.now() < end) ws.send(message);
      else if ((underWay -= 1) === 0) ws.close();
    });
    ws.on('close', () => resolve(answered));
  });
}
