/// <reference lib="esnext.disposable" preserve="true" />
import type { CallerSession, ServerInfo, Statistics, StatisticsEvent } from '@millrace/protocol';
import { Keys } from '../accounts/keys.js';
import { Tokens } from '../accounts/tokens.js';
import { Users } from '../accounts/users.js';
import { asyncDispose } from '../async-dispose.js';
import { ConfigurationError } from '../errors/client.error.js';
import { ProtocolError } from '../errors/connection.errors.js';
import type { ServerLink } from '../link/server-link.js';
import type { ConnectionSettings } from '../profiles/connection-settings.js';
import { Registry } from '../registry/registry.js';
import type { MethodShapes, UntypedMethods } from '../rpc/method-types.js';
import { RpcClient } from '../rpc/rpc-client.js';
import { Sources } from '../sources/sources.js';
import { type StatisticsWatchOptions, watchStatistics } from '../statistics/watch-statistics.js';
import { Stream } from '../streams/stream.js';
import { StreamsApi } from '../streams/streams-api.js';
import type { CallLimits } from '../timing/call-limits.js';
import type { LoginCredentials, LoginOptions, RpcOptions } from './millrace-options.js';
import { linkedConnector } from './rpc-connector.js';

/** Where a {@link Millrace} found its settings. */
export type FoundSettings = Pick<ConnectionSettings, 'origins' | 'warnings'> & {
  /** Every endpoint, as it was written. */
  readonly endpoints: readonly string[];
};

/**
 * A server, reached: made by `connect()`.
 *
 * @example
 * ```ts
 * await using millrace = await connect('localhost:7890', { login: { name: 'me', password: 'me' } });
 * for await (const { id, data } of millrace.stream('camera').pull()) console.log(id, data.length);
 * ```
 * @publicApi
 */
export class Millrace<Methods extends MethodShapes<Methods> = UntypedMethods> implements AsyncDisposable {
  readonly streams: StreamsApi;
  readonly registry: Registry;
  readonly sources: Sources;
  readonly keys: Keys;
  readonly users: Users;
  readonly tokens: Tokens;
  /** JSON-RPC; connects at its first call. */
  readonly rpc: RpcClient<Methods>;
  /** Of the last login, where it is kept here. */
  private loginToken: string | undefined;

  /** @internal made by `connect()` */
  constructor(
    private readonly link: ServerLink,
    /** Which endpoints there are, and where each setting came from. */
    readonly settings: FoundSettings,
    rpc: RpcOptions,
  ) {
    this.streams = new StreamsApi(link);
    this.registry = new Registry(link);
    this.sources = new Sources(link);
    this.keys = new Keys(link);
    this.users = new Users(link);
    this.tokens = new Tokens(link);
    this.rpc = new RpcClient<Methods>(linkedConnector<Methods>(link, rpc));
  }

  /** URL of the endpoint in use: the one that answered last. */
  get url(): string {
    return this.link.endpoint.base.href;
  }

  /** The credential that is sent: the API key, or the token of the last login. It is a secret. */
  get token(): string | undefined {
    return this.link.token;
  }

  /** One or more streams under one handle. */
  stream(...names: [string, ...string[]]): Stream {
    return new Stream(this.streams, names);
  }

  /** What the server says about itself. @throws NotFoundError when it does not have `/info` */
  async info(limits?: CallLimits): Promise<ServerInfo> {
    return readServerInfo(await this.link.json({ path: 'info' }, limits));
  }

  /**
   * What the server has sampled of itself in the last quarter of an hour, and what is wrong or unsafe with it.
   *
   * @throws ForbiddenError without the scope `statistics:read`; NotFoundError when the server has no statistics
   */
  async statistics(limits?: CallLimits): Promise<Statistics> {
    return (await this.link.json({ path: 'statistics' }, limits)) as Statistics;
  }

  /**
   * The same as a `snapshot`, then each `sample` as it is taken, through cuts of the connection: after one of them another
   * snapshot comes, maybe of another instance.
   *
   * @throws as {@link statistics}
   */
  watchStatistics(options: StatisticsWatchOptions = {}): AsyncGenerator<StatisticsEvent, void, undefined> {
    return watchStatistics(this.link, options);
  }

  /**
   * Asks the server by REST, for what has no method here; a `body` is sent as JSON.
   *
   * @returns the JSON of the answer; undefined when it is empty
   * @throws ResponseError for a status of 300 and above; what `connect()` throws when nobody answers
   */
  request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    limits?: CallLimits,
  ): Promise<unknown> {
    return this.link.json({ method, path: path.replace(/^\//, ''), body }, limits);
  }

  /**
   * Whose credential the server sees, and what it may do.
   *
   * @throws UnauthenticatedError when there is none, or it does not count any more
   */
  async session(limits?: CallLimits): Promise<CallerSession> {
    return (await this.link.json({ path: 'token' }, limits)) as CallerSession;
  }

  /**
   * Proves who this is by name and password. The token is used from here on; connections that are open keep theirs. With
   * `cookie: true` a browser keeps it, see {@link LoginOptions.cookie}.
   *
   * @returns the token; nothing where the browser keeps it
   * @throws UnauthenticatedError when they are wrong
   */
  login(credentials: LoginCredentials, options: LoginOptions & { cookie: true }): Promise<undefined>;
  login(credentials: LoginCredentials, options?: LoginOptions & { cookie?: false }): Promise<string>;
  async login(
    { name, password }: LoginCredentials,
    { cookie = false, ...limits }: LoginOptions = {},
  ): Promise<string | undefined> {
    const { transport, settings } = this.link;
    if (cookie && !settings.endpoints.every(({ base }) => transport.keepsCookiesOf(base)))
      throw new ConfigurationError('cookie', 'needs a page that came from the server itself; leave it out here');
    const body = new URLSearchParams({ username: name, password });
    const answer = await this.link.json({ method: 'POST', path: 'token', body, repeatable: true }, limits);
    const token = (answer as { access_token?: unknown } | undefined)?.access_token;
    if (typeof token !== 'string') throw new ProtocolError('The answer of POST /token holds no token');
    this.loginToken = this.link.token = cookie ? undefined : token;
    return this.loginToken;
  }

  /**
   * Ends the last login: the cookie of the browser, and the token that was kept here, are revoked, and sockets that were opened
   * with them are closed. An API key, and a token that was given to `connect()`, stay.
   *
   * @throws when the server cannot be asked; the login holds then, and this can be called again
   */
  async logout(limits?: CallLimits): Promise<void> {
    const { loginToken: token } = this;
    await this.link.text({ method: 'POST', path: 'logout', repeatable: true }, limits);
    if (token === undefined) return;
    const body = new URLSearchParams({ token });
    await this.link.text({ method: 'POST', path: 'token/revoke', body, repeatable: true }, limits);
    if (this.link.token === token) this.link.token = undefined;
    this.loginToken = undefined;
  }

  /**
   * Waits until open pushes are stored and kept publications are retracted, for as long as the limits allow; then ends
   * everything else: calls, pulls and watches that are under way reject with a ConnectionClosedError.
   */
  async close(limits?: CallLimits): Promise<void> {
    await this.link.close(limits);
    await this.rpc.disconnect();
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Reads the answer of `GET /info`. @throws ProtocolError when it is something else */
export function readServerInfo(value: unknown): ServerInfo {
  const { majorVersion, minorVersion, build, proxy } = (value ?? {}) as Partial<ServerInfo>;
  const proxyEndpoints = proxy?.proxyEndpoints;
  if (
    typeof majorVersion !== 'number' ||
    typeof minorVersion !== 'number' ||
    typeof build !== 'string' ||
    !Array.isArray(proxyEndpoints) ||
    !proxyEndpoints.every((endpoint) => typeof endpoint === 'string')
  )
    throw new ProtocolError('The answer of GET /info is not the information of a server');
  return { majorVersion, minorVersion, build, proxy: { proxyEndpoints } };
}
