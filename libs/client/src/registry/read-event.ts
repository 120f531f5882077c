import type { ConnectionEvent } from '@millrace/protocol';
import { readConnection } from './connection.js';

/** Reads an event; undefined for a type of a newer server. */
export function readConnectionEvent(value: unknown): ConnectionEvent | undefined {
  const { type, index, ...rest } = value as { type: string; index: string; [member: string]: unknown };
  switch (type) {
    case 'snapshot':
      return { type, index, connections: (rest['connections'] as unknown[]).map(readConnection) };
    case 'published':
    case 'changed':
    case 'retracted':
    case 'expired':
      return { type, index, time: rest['time'] as number, connection: readConnection(rest['connection']) };
    case 'gap':
      return { type, index };
    default:
      return undefined;
  }
}
