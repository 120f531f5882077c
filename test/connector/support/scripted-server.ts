import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { waitFor } from '../../support/waiting.js';
import { accept, acknowledge, configure, type Step } from './script-steps.js';
import { ServerLink } from './server-link.js';

/** What the server does with each kind of message; what is left out goes well. */
export interface Script {
  /** @default accepts the token */
  validate?: Step;
  /** @default gives an empty configuration */
  claim?: Step;
  /** @default acknowledges */
  notification?: Step;
  /** @default acknowledges */
  response?: Step;
}

export interface ScriptedServerOptions {
  /** Serves `wss` with this certificate. */
  tls?: { key: string; cert: string };
}

/** The server's side of the protocol without any logic of its own: a script says what it does, a test sees what came. */
export class ScriptedServer {
  /** Every socket ever accepted, oldest first. */
  readonly links: ServerLink[] = [];
  script: Script;

  private constructor(
    private readonly server: Server,
    private readonly sockets: WebSocketServer,
    /** The `targetServer` of connectors. */
    readonly url: string,
    script: Script,
  ) {
    this.script = script;
    sockets.on('connection', (ws) => {
      this.links.push(new ServerLink(ws, (link, message) => this.play(link, message)));
    });
  }

  static async start(script: Script = {}, { tls }: ScriptedServerOptions = {}): Promise<ScriptedServer> {
    const server = tls ? createTlsServer(tls) : createServer();
    const sockets = new WebSocketServer({ server, path: '/api/v1/wsock/websocket' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
    return new ScriptedServer(server, sockets, url, script);
  }

  /** The socket by its number, once its source has been configured on it. */
  async connected(index = this.links.length): Promise<ServerLink> {
    return waitFor(`configured socket ${index}`, () => {
      const link = this.links[index];
      return link?.configurations ? link : undefined;
    });
  }

  /** The sockets that claimed a source. */
  linksOf(source: string): ServerLink[] {
    return this.links.filter((link) => link.source === source);
  }

  async close(): Promise<void> {
    for (const { ws } of this.links) ws.terminate();
    this.sockets.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private play(link: ServerLink, message: ServerLink['messages'][number]): void {
    const { validate = accept, claim = configure(), notification = acknowledge, response = acknowledge } = this.script;
    if (message.op === 'validate') validate(link, message);
    else if (message.op === 'connectExtension') claim(link, message);
    else if (message.op === 'notification') notification(link, message);
    else if (message.status !== undefined) response(link, message);
  }
}
