import { Backoff, pause } from '@millrace/protocol';
import { ConnectionClosedError, ConnectTimeoutError } from '../errors/connection.errors.js';
import { responseError } from '../errors/response.error.js';
import { parseJson, readBytes, readText } from '../transport/read-body.js';
import type { ClientSocket, Dialer, DialRequest, TlsSettings } from '../transport/socket.interface.js';
import { type CallLimits, mergeSignals, untilAborted, withinLimits } from '../timing/call-limits.js';
import type { HttpReply, Transport } from '../transport/transport.interface.js';
import { allFailed, detailOf, isTemporary, neverArrived, refusedHandshake } from './failure.js';
import type { LinkEndpoint, LinkSettings } from './link-settings.js';

/** Bytes of one message or answer; above the server's own limits. */
const MAX_MESSAGE = 256 * 1024 * 1024;

/** Bytes of an answer that tells why a request was refused; of a longer one nothing is told. */
const MAX_REASON = 64 * 1024;

/** Methods that may be sent again when it is not known whether the first one arrived. */
const REPEATABLE = new Set(['GET', 'PUT', 'DELETE']);

/** A request to whichever endpoint answers. */
export interface LinkRequest {
  /** @default 'GET' */
  readonly method?: string;
  /** Below the endpoint, without a slash at the beginning; may have a query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text or URLSearchParams as it is. */
  readonly body?: unknown;
  /** Whether the request may be sent twice. @default true for GET, PUT and DELETE */
  readonly repeatable?: boolean;
  /** Rounds through the endpoints. @default 1 */
  readonly rounds?: number;
  /** Limit of the answer of one endpoint, after which the next one is asked, in milliseconds; 0: none. @default 0 */
  readonly answerWithin?: number;
}

/** What one attempt may use. */
export interface Attempt {
  readonly endpoint: LinkEndpoint;
  readonly signal: AbortSignal;
}

/**
 * The way to one server that has one or more endpoints. Each attempt begins with the endpoint that answered last, and goes
 * on to the next one while nobody answers.
 */
export class ServerLink {
  /** Sent as `Authorization: Bearer …`; in browsers, with sockets, as the query field `token`. */
  token: string | undefined;
  /** What is to be ended well before the link is closed: a push has to be stored, a publication retracted. */
  readonly closers = new Set<{ close(): Promise<void> }>();
  private current = 0;
  private readonly ending = new AbortController();

  constructor(
    readonly settings: LinkSettings,
    readonly transport: Transport,
    readonly dial: Dialer = transport.dial,
  ) {
    this.token = settings.token;
  }

  /** The endpoint in use: the one that answered last. */
  get endpoint(): LinkEndpoint {
    return this.settings.endpoints[this.current] ?? this.settings.endpoints[0];
  }

  /** Aborted when the link is closed. */
  get closed(): AbortSignal {
    return this.ending.signal;
  }

  /** Ends well what wants to be, then everything else that is under way with a ConnectionClosedError. */
  async close(limits: CallLimits = {}): Promise<void> {
    const { timeout } = this.settings;
    await withinLimits('close()', limits, timeout, (signal) =>
      untilAborted(Promise.allSettled([...this.closers].map((one) => one.close())), signal),
    ).catch(() => undefined);
    this.ending.abort(new ConnectionClosedError('The client was closed'));
    this.transport.close();
  }

  /**
   * Opens a socket, trying again while the server is out of reach.
   *
   * @throws ResponseError when the handshake is refused; the last failure; the signal's reason
   */
  open(path: string, signal?: AbortSignal): Promise<ClientSocket> {
    return this.reach(signal, isTemporary, this.settings.maxAttempts, async ({ endpoint, signal: limit }) => {
      const target = this.socketAt(endpoint, path);
      const { connectTimeout } = this.settings;
      const deadline = mergeSignals([limit], connectTimeout, () => noAnswer(endpoint, connectTimeout));
      try {
        return await this.dial({
          ...target,
          maxMessageBytes: MAX_MESSAGE,
          silence: this.settings.silenceTimeout,
          signal: deadline.signal,
        });
      } catch (error) {
        throw refusedHandshake(error, target.url);
      } finally {
        deadline.dispose();
      }
    });
  }

  /**
   * Sends a request; resolves with the head of the answer. The body ends with the signal, which the caller derives from
   * {@link closed} too.
   *
   * @throws ResponseError for a status of 300 and above; ServiceUnavailableError, InvalidServerCertificateError, …; the
   *   signal's reason
   */
  send(request: LinkRequest, signal: AbortSignal): Promise<HttpReply> {
    return this.reach(signal, mayRepeat(request), request.rounds ?? 1, ({ endpoint }) =>
      this.ask(request, endpoint, signal),
    );
  }

  /** Sends a request and reads the whole answer, within the caller's limits. @throws as {@link send} */
  exchange(
    request: LinkRequest,
    { timeout, signal }: CallLimits = {},
  ): Promise<{ reply: HttpReply; bytes: Uint8Array }> {
    const { answerWithin = 0 } = request;
    const limits = { timeout, signal, closed: this.closed };
    return withinLimits(nameOf(request), limits, this.settings.timeout, (within) =>
      this.reach(within, mayRepeat(request), request.rounds ?? 1, async ({ endpoint }) => {
        const deadline = mergeSignals([within], answerWithin, () => noAnswer(endpoint, answerWithin));
        try {
          const reply = await this.ask(request, endpoint, deadline.signal);
          return { reply, bytes: await readBytes(reply, MAX_MESSAGE) };
        } finally {
          deadline.dispose();
        }
      }),
    );
  }

  /** The same for an answer of text. @throws as {@link send} */
  async text(request: LinkRequest, limits?: CallLimits): Promise<string> {
    const { bytes } = await this.exchange(request, limits);
    return new TextDecoder().decode(bytes);
  }

  /** The same for an answer of JSON; undefined for an empty one. @throws as {@link send} */
  async json(request: LinkRequest, limits?: CallLimits): Promise<unknown> {
    const text = await this.text(request, limits);
    return text === '' ? undefined : parseJson(text, `The answer of ${nameOf(request)}`);
  }

  /**
   * Goes through the endpoints, and again after a pause, until one lets `run` succeed.
   *
   * @param mayRepeat whether an error lets the next endpoint be tried
   * @throws an error that does not; after the last round one that tells of all; the signal's reason
   */
  async reach<T>(
    signal: AbortSignal | undefined,
    mayRepeat: (error: unknown) => boolean,
    rounds: number,
    run: (attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const merged = mergeSignals([this.closed, signal]);
    const { maxPause } = this.settings;
    // Jitter, so that the clients of one restarted server do not come back in step.
    const backoff = new Backoff({ initial: maxPause / 50, max: maxPause });
    try {
      for (let round = 1; ; round += 1) {
        const failures: Error[] = [];
        for (const [index, endpoint] of this.inOrder()) {
          merged.signal.throwIfAborted();
          try {
            const result = await run({ endpoint, signal: merged.signal });
            this.current = index;
            return result;
          } catch (error) {
            merged.signal.throwIfAborted();
            if (!mayRepeat(error)) throw error;
            failures.push(error as Error);
          }
        }
        if (round >= rounds)
          throw allFailed(
            failures,
            this.inOrder().map(([, { label }]) => label),
          );
        await pause(backoff.next(), merged.signal);
      }
    } finally {
      merged.dispose();
    }
  }

  /** How a socket at an endpoint is dialled: where, and with what proves who this is. */
  socketAt(endpoint: LinkEndpoint, path: string): Pick<DialRequest, 'url' | 'headers' | 'tls'> {
    const url = new URL(path, endpoint.base);
    const { tokenInQuery } = this.transport;
    if (this.token !== undefined && tokenInQuery) url.searchParams.set('token', this.token);
    return {
      url: url.href.replace(/^http/, 'ws'),
      headers: tokenInQuery ? {} : this.authorization(),
      tls: this.trustAt(endpoint),
    };
  }

  /** Whom to trust at an endpoint; undefined on plain connections. */
  private trustAt({ base }: LinkEndpoint): TlsSettings | undefined {
    return base.protocol === 'https:' ? this.settings.tls : undefined;
  }

  private authorization(): Record<string, string> {
    return this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` };
  }

  private async ask(request: LinkRequest, endpoint: LinkEndpoint, signal: AbortSignal): Promise<HttpReply> {
    const { method = 'GET', path, headers, body } = request;
    const payload = writeBody(body);
    const reply = await this.transport.send({
      method,
      url: new URL(path, endpoint.base),
      headers: { ...payload.headers, ...headers, ...this.authorization() },
      body: payload.text,
      tls: this.trustAt(endpoint),
      repeatable: isRepeatable(request),
      connectTimeout: this.settings.connectTimeout,
      signal,
    });
    if (reply.status < 300) return reply;
    const moved = reply.status < 400 ? reply.header('location') : undefined;
    const told = detailOf(await readText(reply, MAX_REASON).catch(() => ''));
    // Not followed: a credential goes where the user said, and nowhere else.
    const detail = moved === undefined ? told : `it is to be asked at ${moved} instead; give that address`;
    throw responseError({ request: nameOf(request), status: reply.status, detail });
  }

  private inOrder(): [index: number, endpoint: LinkEndpoint][] {
    const all = [...this.settings.endpoints.entries()];
    return [...all.slice(this.current), ...all.slice(0, this.current)];
  }
}

function isRepeatable({ method = 'GET', repeatable = REPEATABLE.has(method) }: LinkRequest): boolean {
  return repeatable;
}

function mayRepeat(request: LinkRequest): (error: unknown) => boolean {
  return isRepeatable(request) ? isTemporary : neverArrived;
}

function noAnswer({ label }: LinkEndpoint, limit: number): ConnectTimeoutError {
  return new ConnectTimeoutError(`No answer from ${label} within ${limit} ms`);
}

function nameOf({ method = 'GET', path }: LinkRequest): string {
  return `${method} /${path.replace(/\?.*$/s, '')}`;
}

function writeBody(body: unknown): { text: string | undefined; headers: Record<string, string> } {
  if (body === undefined) return { text: undefined, headers: {} };
  if (body instanceof URLSearchParams)
    return { text: body.toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
  if (typeof body === 'string') return { text: body, headers: {} };
  return { text: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
