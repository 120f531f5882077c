import { get as plainGet } from 'node:http';
import { get as secureGet } from 'node:https';
import { classifyFailure } from '../rpc/node/classify-failure.js';
import { trustedAuthorities } from '../rpc/node/trusted-authorities.js';
import type { HttpGetRequest } from './http-get.interface.js';

/** Asks from Node; `fetch` could not be told whom to trust. */
export async function nodeHttpGet({
  url,
  headers,
  tls,
  signal,
}: HttpGetRequest): Promise<{ status: number; body: string }> {
  const ca = tls && (await trustedAuthorities(tls));
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(signal.aborted ? (signal.reason as Error) : classifyFailure(error));
    const options = { headers: { ...headers }, signal, ...(ca && { ca }) };
    const request = (tls ? secureGet : plainGet)(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', fail);
  });
}
