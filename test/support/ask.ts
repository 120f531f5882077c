import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  /** May name `Host`, which `fetch` keeps to itself. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of the path of the URL, as it stands: with the steps and escapes that URLs lose. */
  readonly path?: string;
}

/** One request with exactly these headers, over a connection of its own. */
export function ask(url: string, { method = 'GET', headers = {}, body, path }: Asking = {}): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, ...(path !== undefined && { path }) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
