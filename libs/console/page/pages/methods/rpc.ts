import { ServiceUnavailableError, UnauthenticatedError } from '@millrace/client/browser';
import { effect } from '@preact/signals';
import { has, server } from '../../app/servers.js';
import { session } from '../../app/session.js';
import type { MethodDocument } from './document.js';

let subject: string | undefined;

// A connection keeps the login with which it was opened.
effect(() => {
  const next = session.value?.subject;
  if (next === subject) return;
  subject = next;
  if (!has('methods')) return;
  const { rpc } = server('methods');
  if (rpc.connected) void rpc.connect().then((instance) => instance.disconnect());
});

/** Asks for the methods. @throws what `whyRefused` finds */
export async function readDocument(signal: AbortSignal): Promise<MethodDocument> {
  try {
    return await server('methods').rpc.request<MethodDocument>('rpc.discover', undefined, { signal });
  } catch (error) {
    throw await whyRefused(error);
  }
}

/**
 * A browser does not say why a server has refused a socket: a login that has run out looks like a server that is away.
 *
 * @returns the error itself, or the one that says that the login does not count any more
 */
export async function whyRefused(error: unknown): Promise<unknown> {
  if (!(error instanceof ServiceUnavailableError) || !has('login')) return error;
  try {
    await server('login').session();
    return error;
  } catch (reason) {
    return reason instanceof UnauthenticatedError ? reason : error;
  }
}
