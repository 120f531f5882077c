import { Connector, type Instance, Streams, type TlsSettings } from '@millrace/client';
import type { ConnectionOptions } from './connection-options.js';
import type { FoundServer } from './find-server.js';
import { Rest } from './rest.js';

/** Attempts after a cut of the connection: about half a minute. */
const ATTEMPTS = 12;

/** The one server a command works with. */
export class Server {
  readonly url: string;
  readonly rest: Rest;

  constructor(
    private readonly found: FoundServer,
    private readonly options: ConnectionOptions,
    private readonly signal: AbortSignal,
  ) {
    [this.url] = found.urls;
    this.rest = this.restWith(found.credential?.value);
  }

  /** What named the address. */
  get origin(): string {
    return this.found.origin;
  }

  /** Where the credential came from; undefined when there is none. */
  get credentialOrigin(): string | undefined {
    return this.found.credential?.origin;
  }

  /** The streams, once the server has answered: an address that is wrong is told at once, and cuts later are ridden out. */
  async streams(): Promise<Streams> {
    await this.rest.get('ping');
    const { credential } = this.found;
    return new Streams({
      url: this.url,
      ...(credential ? { token: credential.value } : {}),
      ...(this.tls ? { tls: this.tls } : {}),
      maxAttempts: ATTEMPTS,
      connectTimeout: this.options.timeout,
    });
  }

  /** A connection for calls. */
  rpc(path: string, maxAttempts = 1): Promise<Instance> {
    const { credential } = this.found;
    const url = new URL(`${this.url}/${path.replace(/^\//, '')}`);
    const connector = new Connector({
      uri: `${url.host}${url.pathname}`,
      tls: this.tls ?? null,
      logger: SILENT,
      headers: credential ? { Authorization: `Bearer ${credential.value}` } : {},
      connectTimeout: this.options.timeout,
      maxAttempts,
    });
    return connector.connect({ signal: this.signal });
  }

  /** Requests without a credential, for `login`. */
  anonymous(): Rest {
    return this.restWith(undefined);
  }

  private restWith(credential: string | undefined): Rest {
    const { authorities } = this.found;
    return new Rest({ url: this.url, credential, authorities, timeout: this.options.timeout, signal: this.signal });
  }

  private get tls(): TlsSettings | undefined {
    if (!this.url.startsWith('https:')) return undefined;
    return this.found.authorities === undefined ? {} : { caData: this.found.authorities };
  }
}

/** Errors reach the user by the command; events of the connection are of no interest. */
const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };
