import { ProtocolError, ServiceUnavailableError } from '../../errors/connection.errors.js';
import type { HttpReply, OutgoingRequest } from '../transport.interface.js';

/** Sends from a page, by its own `fetch`. */
export async function fetchSender({ method, url, headers, body, signal }: OutgoingRequest): Promise<HttpReply> {
  try {
    const response = await fetch(url, { method, headers: { ...headers }, signal, ...(body !== undefined && { body }) });
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: bodyOf(response, signal),
      cancel: () => void response.body?.cancel().catch(() => undefined),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw new ServiceUnavailableError(`No answer from ${url.host}; the browser does not say why`, { cause: error });
  }
}

/** By a reader: not every browser can iterate over a stream. */
async function* bodyOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done || !value) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new ProtocolError('The answer was cut off', { cause: error });
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
