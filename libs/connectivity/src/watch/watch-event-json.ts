import type { WatchEvent } from '../registry/connection-change.js';

/** An event as it goes over the wire, on both kinds of stream. */
export function watchEventJson(partition: string, event: WatchEvent): string {
  const head = `{"type":${JSON.stringify(event.type)},"index":${JSON.stringify(event.index)},"partition":${JSON.stringify(partition)}`;
  if (event.type === 'gap') return `${head}}`;
  if (event.type === 'snapshot')
    return `${head},"connections":[${event.connections.map(({ json }) => json).join(',')}]}`;
  return `${head},"time":${event.time},"connection":${event.connection.json}}`;
}
