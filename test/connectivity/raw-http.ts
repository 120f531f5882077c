import { connect } from 'node:net';

export interface RawRequest {
  method?: string;
  path: string;
  /** Header fields, as they go over the wire; `Content-Length` is added when there is a body and none is given. */
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Sent as `Host`; absent: no such header. */
  host?: string;
  version?: '1.0' | '1.1';
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The bytes of a request. */
export function requestBytes({ method = 'POST', path, headers = {}, body, host, version = '1.1' }: RawRequest): Buffer {
  const bytes = Buffer.from(body ?? '');
  const fields = { ...(host === undefined ? {} : { Host: host }), ...headers };
  const names = Object.keys(fields).map((name) => name.toLowerCase());
  if (body !== undefined && !names.includes('content-length') && !names.includes('transfer-encoding'))
    Object.assign(fields, { 'Content-Length': `${bytes.length}` });
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`), bytes]);
}

/** Sends one request over a connection of its own, which it shuts down after the reply, as the C++ client does. */
export async function rawRequest(url: string, request: RawRequest): Promise<RawResponse> {
  const [reply] = await exchange(url, requestBytes(request), 1, request.method === 'HEAD');
  if (!reply) throw new Error('There was no reply');
  return reply;
}

/** Sends bytes over one connection and reads so many replies. */
export function exchange(url: string, bytes: Buffer, replies: number, headOnly = false): Promise<RawResponse[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const done: RawResponse[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No reply within 60 s; so far: ${received.toString().slice(0, 200)}`));
    }, 60_000);
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(done);
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (;;) {
        const reply = takeReply(received, headOnly);
        if (!reply) return;
        received = reply.rest;
        if (reply.response.status >= 200) done.push(reply.response);
        if (done.length === replies) finish();
      }
    });
    socket.on('error', reject);
    socket.on('close', finish);
  });
}

function takeReply(bytes: Buffer, headOnly: boolean): { response: RawResponse; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = headOnly ? 0 : Number(headers['content-length'] ?? 0);
  const start = end + 4;
  if (bytes.length < start + length) return undefined;
  const status = Number(statusLine.split(' ')[1]);
  return {
    response: { status, headers, text: bytes.toString('utf8', start, start + length) },
    rest: bytes.subarray(start + length),
  };
}
