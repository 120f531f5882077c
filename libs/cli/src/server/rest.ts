import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { InvalidServerCertificateError, ServiceUnavailableError } from '@millrace/client';
import { AnswerError } from '../errors/answer.error.js';

export interface RestOptions {
  readonly url: string;
  readonly credential: string | undefined;
  readonly authorities: string | undefined;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Largest answer that is read. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** Requests to one server that are answered by JSON. */
export class Rest {
  constructor(private readonly options: RestOptions) {}

  /** @throws AnswerError when the status is no success; ServiceUnavailableError, InvalidServerCertificateError */
  get(path: string): Promise<unknown> {
    return this.json('GET', path);
  }

  /** Sends JSON. @throws as {@link Rest.get} */
  post(path: string, body: unknown): Promise<unknown> {
    return this.json('POST', path, JSON.stringify(body), 'application/json');
  }

  /** Sends a form. @throws as {@link Rest.get} */
  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    return this.json('POST', path, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
  }

  /** @throws as {@link Rest.get} */
  delete(path: string): Promise<unknown> {
    return this.json('DELETE', path);
  }

  private async json(method: string, path: string, body?: string, type?: string): Promise<unknown> {
    const { status, body: text } = await this.send(method, path, body, type);
    const content = parse(text);
    if (status >= 200 && status < 300) return content;
    throw new AnswerError(status, `${method} /${path}: ${detailOf(content) ?? `the server answered ${status}`}`);
  }

  private send(method: string, path: string, body?: string, type?: string): Promise<Answer> {
    const { url: base, credential, authorities, timeout, signal } = this.options;
    const url = new URL(`${base}/${path}`);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const headers = {
      Accept: 'application/json',
      ...(credential === undefined ? {} : { Authorization: `Bearer ${credential}` }),
      ...(body === undefined ? {} : { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) }),
    };
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(failureOf(error, url, signal, timeout));
      const options = { method, headers, signal: limit, ...(authorities === undefined ? {} : { ca: authorities }) };
      const request = (url.protocol === 'https:' ? secureRequest : plainRequest)(url, options, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER) response.destroy(new Error('The answer is too large'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      request.on('error', fail);
      request.end(body);
    });
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Some answers are plain text.
    return text;
  }
}

function detailOf(content: unknown): string | undefined {
  const detail = (content as { detail?: unknown } | null | undefined)?.detail;
  if (typeof detail === 'string') return detail;
  return detail === undefined ? undefined : JSON.stringify(detail);
}

function failureOf(error: Error, { host }: URL, signal: AbortSignal, timeout: number): Error {
  if (signal.aborted) return signal.reason as Error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return new ServiceUnavailableError(`No answer from ${host} within ${timeout} ms`);
  if (/^ERR_TLS|CERT|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_SSL/.test(code))
    return new InvalidServerCertificateError(`The certificate of ${host} is not trusted: ${error.message}`, {
      cause: error,
    });
  return new ServiceUnavailableError(`No answer from ${host}: ${code || error.message}`, { cause: error });
}
