import { type IncomingMessage, ServerResponse } from 'node:http';

/**
 * The answer that guards and interceptors of a handshake find where those of a request find theirs. Nothing of it is sent by
 * itself: a refusal carries the headers that were set on it, such as `Retry-After` of a throttler.
 */
export class HandshakeResponse extends ServerResponse {
  constructor(request: IncomingMessage) {
    super(request);
  }

  /** As responses of Express and replies of Fastify have it. */
  header(name: string, value: number | string | readonly string[]): this {
    return this.setHeader(name, value);
  }

  /** As responses of Express have it. */
  set(name: string, value: number | string | readonly string[]): this {
    return this.setHeader(name, value);
  }

  /** Lines of the head of a refusal, without those that it has itself. */
  lines(taken: readonly string[]): string[] {
    const names = new Set(taken.map((name) => name.toLowerCase()));
    return Object.entries(this.getHeaders())
      .filter(([name]) => !names.has(name))
      .flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}`));
  }
}
