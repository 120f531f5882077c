import type { ExecutionContext } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { thrownIs } from '@millrace/protocol';
import type { Carrier } from './carrier.js';

type HeaderWriter = (name: string, value: string) => unknown;

/** Throws an error of the guard in the form that the place of the call can hand on to its client. */
export async function refuse(error: unknown, context: ExecutionContext, carrier?: Carrier): Promise<never> {
  if (!thrownIs(error, MillraceError)) throw error;
  const type = context.getType<string>();
  if (type === 'http') writeHeaders(error, context.switchToHttp().getResponse());
  // In a handshake the carrier is the request itself. Else it is a message, and gateways hand on no other exceptions.
  const isHandshake = carrier !== undefined && carrier.target === carrier.source;
  throw type === 'ws' && !isHandshake ? await asMessage(error) : error;
}

/**
 * Routes of the host's own may have no filter of ours, and Nest's own filter knows no headers of exceptions. Foreign
 * packages use the type `http` for calls of their own too, so what should be the response may be anything.
 */
function writeHeaders({ headers }: MillraceError, response: unknown): void {
  if (typeof response !== 'object' || response === null) return;
  const { header, setHeader } = response as { header?: unknown; setHeader?: unknown };
  const write = typeof header === 'function' ? header : setHeader;
  if (typeof write !== 'function') return;
  for (const [name, value] of Object.entries(headers)) (write as HeaderWriter).call(response, name, value);
}

/** Loaded only where there are gateways: a host without sockets need not install the package. */
async function asMessage({ code, message }: MillraceError): Promise<unknown> {
  const { WsException } = await import('@nestjs/websockets');
  return new WsException({ status: 'error', code, message });
}
