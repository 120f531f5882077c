import { connect } from 'node:net';

/**
 * A closed-loop load client over raw sockets: each keep-alive connection sends its next request when the reply to the last
 * one is complete; no pipelining. It reads no more of a reply than its length.
 *
 * @param times as many requests each client makes in place of those that fit into `milliseconds`
 * @param every milliseconds from the start of a client's request to that of its next, where it does not send at once
 * @returns requests per second and latencies in milliseconds
 */
export async function load({ port, host = '127.0.0.1', requests, clients, milliseconds, times, every = 0 }) {
  const latencies = [];
  let failed = 0;
  const started = performance.now();
  const end = started + milliseconds;
  await Promise.all(
    Array.from({ length: clients }, (_, client) => {
      let next = client;
      return new Promise((resolve, reject) => {
        const socket = connect({ port, host, noDelay: true });
        let sent = 0;
        let missing = -1;
        let head = Buffer.alloc(0);
        let left = times ?? Infinity;
        let due = started + (client / clients) * every;
        const goOn = () => {
          due = Math.max(due + every, performance.now());
          if (every === 0) send();
          else setTimeout(send, due - performance.now());
        };
        const send = () => {
          left -= 1;
          if (left < 0 || (times === undefined && performance.now() >= end)) {
            socket.end();
            resolve();
            return;
          }
          missing = -1;
          head = Buffer.alloc(0);
          sent = performance.now();
          socket.write(requests[next++ % requests.length]);
        };
        socket.on('connect', goOn);
        socket.on('error', reject);
        socket.on('close', resolve);
        socket.on('data', (chunk) => {
          if (missing < 0) {
            head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
            const at = head.indexOf('\r\n\r\n');
            if (at < 0) return;
            const text = head.toString('latin1', 0, at);
            if (!text.startsWith('HTTP/1.1 200')) failed += 1;
            const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0);
            missing = length - (head.length - at - 4);
          } else missing -= chunk.length;
          if (missing > 0) return;
          latencies.push(performance.now() - sent);
          goOn();
        });
      });
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((left, right) => left - right);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
  return { rate: latencies.length / seconds, median: at(0.5), p99: at(0.99), failed };
}

/** The bytes of one keep-alive POST. */
export function postBytes(path, body) {
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${payload.length}\r\n\r\n`,
    ),
    payload,
  ]);
}
