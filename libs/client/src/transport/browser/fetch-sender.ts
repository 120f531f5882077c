import { ProtocolError, ServiceUnavailableError } from '../../errors/connection.errors.js';
import type { HttpReply, OutgoingRequest } from '../transport.interface.js';

/** Sends from a page, by its own `fetch`. */
export async function fetchSender({ method, url, headers, body, signal }: OutgoingRequest): Promise<HttpReply> {
  try {
    const response = await fetch(url, { method, headers: { ...headers }, signal, ...(body !== undefined && { body }) });
    return new FetchReply(response, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new ServiceUnavailableError(`No answer from ${url.host}; the browser does not say why`, { cause: error });
  }
}

class FetchReply implements HttpReply {
  constructor(
    private readonly response: Response,
    private readonly signal: AbortSignal,
  ) {}

  get status(): number {
    return this.response.status;
  }

  header(name: string): string | undefined {
    return this.response.headers.get(name) ?? undefined;
  }

  get body(): AsyncIterable<Uint8Array> {
    return this.read();
  }

  cancel(): void {
    this.response.body?.cancel().catch(() => undefined);
  }

  /** By a reader: not every browser can iterate over a stream. */
  private async *read(): AsyncGenerator<Uint8Array> {
    const reader = this.response.body?.getReader();
    if (!reader) return;
    try {
      for (;;) {
        const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
        if (done || !value) return;
        yield value;
      }
    } catch (error) {
      this.signal.throwIfAborted();
      throw new ProtocolError('The answer was cut off', { cause: error });
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }
}
