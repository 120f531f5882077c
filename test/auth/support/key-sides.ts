import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, type AuthOptions, CurrentPrincipal, fileApiKeys } from '@millrace/auth';
import { ApiKeyFile, type NewApiKey } from '@millrace/accounts';
import { ConnectorHubModule } from '@millrace/connector';
import { MillraceCoreModule, type Principal } from '@millrace/core';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { RawConnector } from '../../connector/support/raw-connector.js';
import { type RunningApplication, startApplication, type StartOptions } from '../../support/applications.js';
import { type Certificate, CertificateMaker } from '../../support/certificates.js';
import { secureFetch, type SecureAnswer, type SecureRequest } from '../../support/secure-fetch.js';
import { refusedHandshake, SocketClient } from '../../support/socket-client.js';
import { PlacesModule, SECRET } from './places.js';

@Injectable()
class Methods {
  @RpcMethod('who')
  who(@CurrentPrincipal() principal: Principal | undefined): string {
    return principal?.subject ?? 'nobody';
  }
}

@WebSocketGateway({ path: '/gateway' })
class Gateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() principal: Principal): object {
    return { event: 'who', data: principal.subject };
  }
}

@Module({ imports: [MillraceCoreModule], providers: [Methods, Gateway] })
class MethodsModule {}

/** What a key gets at one door. */
export interface Outcome {
  /** HTTP status, also of a refused handshake and of the hub's answer; 200 when let in. */
  readonly status: number;
  /** The reason, or who it is. */
  readonly text: string;
}

/** One server on the folder of keys, spoken to by TLS or in the clear. */
export class KeySide {
  constructor(
    readonly running: RunningApplication,
    private readonly ca: string,
  ) {}

  close(): Promise<void> {
    return this.running.close();
  }

  async fetch(path: string, init: SecureRequest = {}): Promise<SecureAnswer> {
    const url = `${this.running.url}${path}`;
    if (url.startsWith('https:')) return secureFetch(this.ca, url, init);
    const response = await fetch(url, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      json: (): unknown => JSON.parse(text),
    };
  }

  with(key: string, more: Record<string, string> = {}): { headers: Record<string, string> } {
    return { headers: { Authorization: `Bearer ${key}`, ...more } };
  }

  open(path: string, key: string, more: Record<string, string> = {}): Promise<SocketClient> {
    return SocketClient.open(`${this.running.wsUrl}${path}`, { ca: this.ca, ...this.with(key, more) });
  }

  async handshake(path: string, key: string, more: Record<string, string> = {}): Promise<Outcome> {
    try {
      const client = await this.open(path, key, more);
      await client.close();
      return { status: 200, text: '' };
    } catch {
      const refused = await refusedHandshake(`${this.running.wsUrl}${path}`, { ca: this.ca, ...this.with(key, more) });
      return { status: refused.status, text: (JSON.parse(refused.body) as { detail: string }).detail };
    }
  }

  async connector(options: { headers?: Record<string, string> } = {}): Promise<RawConnector> {
    return RawConnector.open(this.running.wsUrl, 'thermostat', { socket: { ca: this.ca, ...options } });
  }
}

/** Every door a key can be handed in at. */
export const DOORS: readonly [
  string,
  (side: KeySide, key: string, more?: Record<string, string>) => Promise<Outcome>,
][] = [
  [
    'an HTTP route',
    async (side, key, more) => {
      const answer = await side.fetch('/who', side.with(key, more));
      const { subject, detail } = answer.json() as { subject?: string; detail?: string };
      return { status: answer.status, text: subject ?? detail ?? '' };
    },
  ],
  ['the handshake of a push socket', (side, key, more) => side.handshake('/data/camera/push', key, more)],
  ['the handshake of a pull socket', (side, key, more) => side.handshake('/data/camera/pull', key, more)],
  [
    'JSON-RPC by HTTP',
    async (side, key, more) => {
      const answer = await side.fetch('/rpc', {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'who' }),
        ...side.with(key, { 'Content-Type': 'application/json', ...more }),
      });
      const { result, error } = answer.json() as { result?: string; error?: { message: string } };
      return { status: answer.status, text: result ?? error?.message ?? '' };
    },
  ],
  ['the handshake of JSON-RPC', (side, key, more) => side.handshake('/rpc', key, more)],
  [
    'a REST route of streams',
    async (side, key, more) => {
      const answer = await side.fetch('/streams', side.with(key, more));
      return { status: answer.status, text: answer.status === 200 ? '' : (answer.json() as { detail: string }).detail };
    },
  ],
  [
    'the first message of a connector',
    async (side, key, more) => {
      const connector = await side.connector(more ? { headers: more } : {});
      const { status = 0, body } = await connector.validate(key);
      await connector.client.close();
      return { status, text: (body as [{ message: string }] | undefined)?.[0].message ?? '' };
    },
  ],
];

/** A folder of keys with an authority for certificates, and servers on it. */
export class KeyBench {
  private readonly sides: KeySide[] = [];

  private constructor(
    readonly directory: string,
    readonly certificate: Certificate,
    private readonly certificates: CertificateMaker,
  ) {}

  static async create(): Promise<KeyBench> {
    const certificates = await CertificateMaker.create();
    const certificate = await certificates.make({ subjectAltName: 'IP:127.0.0.1' });
    return new KeyBench(mkdtempSync(join(tmpdir(), 'millrace-keys-')), certificate, certificates);
  }

  /** Starts a server with all doors. */
  async start(
    {
      tls = true,
      keys = {},
      ...auth
    }: AuthOptions & { tls?: boolean; keys?: Exclude<AuthOptions['apiKeys'], false> } = {},
    start: StartOptions = {},
  ): Promise<KeySide> {
    const store = fileApiKeys({ file: join(this.directory, 'api-keys.json') });
    const running = await startApplication(
      [
        AuthModule.forRoot({
          jwt: { secret: SECRET },
          throttle: false,
          apiKeys: { store, recheckInterval: '50ms', ...keys },
          ...auth,
        }),
        StreamStoreModule.forRoot({ store: memoryStore() }),
        RpcModule.forRoot({}),
        ConnectorHubModule.forRoot({ sources: { thermostat: {} }, revalidateInterval: '50ms' }),
        MethodsModule,
        PlacesModule,
      ],
      { ...start, ...(tls ? { tls: this.certificate } : {}) },
    );
    const side = new KeySide(running, this.certificate.cert);
    this.sides.push(side);
    return side;
  }

  /** A new key, made by another hand than the server's. */
  async key(key: Partial<NewApiKey> = {}): Promise<{ key: string; id: string }> {
    const { key: text, record } = await ApiKeyFile.in(this.directory).create({ name: 'test', scopes: ['*'], ...key });
    return { key: text, id: record.id };
  }

  async close(): Promise<void> {
    for (const side of this.sides.splice(0)) await side.close();
    await this.certificates.remove();
    rmSync(this.directory, { recursive: true });
  }
}
