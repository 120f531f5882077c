import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A proxy that puts a server below a path, as `location /hub/ { proxy_pass http://server/; }` does: the path is taken away on the way. */
export class SubPathProxy {
  /** WebSockets that were handed on. */
  upgrades = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
    private readonly path: string,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => this.pass(asked, answer));
    server.on('upgrade', (asked: IncomingMessage, near: Socket, head: Buffer) => this.join(asked, near, head));
    server.on('connection', (socket: Socket) => this.keep(socket));
  }

  /** @param path begins and ends in a slash */
  static async start(target: string, path: string): Promise<SubPathProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SubPathProxy(server, target, path);
  }

  /** Where the server is behind the proxy, without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.path.slice(0, -1)}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const path = this.within(asked);
    if (path === undefined) {
      answer.writeHead(418).end('not behind this proxy');
      return;
    }
    const { method, headers } = asked;
    const far = request(this.target, { method, headers, path, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    asked.pipe(far);
  }

  private join(asked: IncomingMessage, near: Socket, head: Buffer): void {
    const path = this.within(asked);
    if (path === undefined) {
      near.destroy();
      return;
    }
    const far = request(this.target, { method: asked.method, headers: asked.headers, path, agent: false });
    far.on('error', () => near.destroy());
    far.on('response', () => near.destroy());
    far.on('upgrade', (response, socket: Socket, first) => {
      this.upgrades += 1;
      this.keep(socket);
      const { rawHeaders } = response;
      const lines = rawHeaders.flatMap((name, index) => (index % 2 ? [] : [`${name}: ${rawHeaders[index + 1]}`]));
      near.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      near.write(first);
      socket.write(head);
      near.on('close', () => socket.destroy());
      socket.on('close', () => near.destroy());
      near.pipe(socket).pipe(near);
    });
    far.end();
  }

  private within({ url = '' }: IncomingMessage): string | undefined {
    return url.startsWith(this.path) ? url.slice(this.path.length - 1) : undefined;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
