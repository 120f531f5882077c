import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One HTTP/2 connection, for requests of every kind. */
export class Http2Client {
  private constructor(readonly session: ClientHttp2Session) {}

  static async open(url: string, ca?: string): Promise<Http2Client> {
    const session = connect(url, { ca });
    await new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject));
    session.on('error', () => undefined);
    return new Http2Client(session);
  }

  request(path: string, headers: OutgoingHttpHeaders = {}, body?: Buffer | string): Promise<Http2Answer> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({ ':path': path, ...headers }, { endStream: body === undefined });
      let answered: IncomingHttpHeaders & { ':status'?: number } = {};
      let trailers: IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      stream.once('response', (received) => (answered = received));
      stream.once('trailers', (received) => (trailers = received));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('error', reject);
      stream.once('close', () =>
        resolve({ status: answered[':status'] ?? 0, headers: answered, trailers, body: Buffer.concat(chunks) }),
      );
      if (body !== undefined) stream.end(body);
    });
  }

  /** Status and media type of an answer, which is then cut: it may have no end. */
  start(path: string, headers: OutgoingHttpHeaders): Promise<{ status: number; type: string }> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({ ':path': path, ...headers }, { endStream: true });
      stream.once('error', reject);
      stream.once('response', (received) => {
        stream.off('error', reject).on('error', () => undefined);
        // A stream with something unread is never closed.
        stream.resume().close(constants.NGHTTP2_CANCEL);
        const [type = ''] = (received['content-type'] ?? '').split(';');
        resolve({ status: received[':status'] ?? 0, type });
      });
    });
  }

  /** One unary call of gRPC with an empty message: its status, and the message it was answered with. */
  async grpc(path: string, headers: OutgoingHttpHeaders = {}): Promise<{ status: string; message: Buffer }> {
    const {
      headers: first,
      trailers,
      body,
    } = await this.request(
      path,
      { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers', ...headers },
      Buffer.alloc(5),
    );
    return { status: String(trailers['grpc-status'] ?? first['grpc-status']), message: body.subarray(5) };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.session.destroyed) resolve();
      else this.session.close(resolve);
    });
  }
}
