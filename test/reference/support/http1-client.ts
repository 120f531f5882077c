import { request as plainRequest, type OutgoingHttpHeaders } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Http1Answer {
  readonly status: number;
  /** Media type, without parameters. */
  readonly type: string;
  readonly body: Buffer;
}

export interface Http1Options {
  readonly method?: string;
  readonly ca?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Where the connection comes from. */
  readonly localAddress?: string;
  /** Hangs up when the headers are there, for answers without end. */
  readonly headersOnly?: boolean;
}

/** One request over HTTP/1.1, on a connection of its own; `https` with an authority to trust. */
export function http1Request(
  url: string,
  { ca, headersOnly = false, ...options }: Http1Options = {},
): Promise<Http1Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https') ? tlsRequest : plainRequest;
    const request = send(url, { agent: false, ca, ...options }, (response) => {
      const [type = ''] = (response.headers['content-type'] ?? '').split(';');
      const answer = { status: response.statusCode ?? 0, type };
      if (headersOnly) {
        response.destroy();
        resolve({ ...answer, body: Buffer.alloc(0) });
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve({ ...answer, body: Buffer.concat(chunks) }));
    });
    request.once('error', reject).end();
  });
}
