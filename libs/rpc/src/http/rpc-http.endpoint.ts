import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ExternalContextCreator, HttpAdapterHost } from '@nestjs/core';
import { describeError } from '@millrace/core/errors';
import { bodyHeadersOf, RawBody, readBody } from '@millrace/core/http';
import { AccessArea, principalOf } from '@millrace/core/security';
import { RPC_ERROR, withDeadline } from '@millrace/protocol';
import { RpcShutdownError } from '../api/rpc.error.js';
import { describeRpcError } from '../discovery/describe-rpc-error.js';
import { errorText, PARSE_ERROR, rpcErrorText } from '../engine/reply-text.js';
import { RpcEngine } from '../engine/rpc-engine.js';
import { RPC_AREA } from '../rpc.constants.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';
import { mountOnExpress, mountOnFastify, type HttpExchange, type HttpMount } from './http-mount.js';

type Admit = (request: object, response: object) => Promise<void>;

/** Name of the transport: a request can be answered, and nothing else. */
const HTTP = 'http';
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const MEDIA_TYPES = new Set(['application/json', 'application/json-rpc', 'application/jsonrequest']);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** How long calls may go on at a shutdown before they are answered without their results, in milliseconds. */
const SHUTDOWN_PATIENCE = 5000;

/** JSON-RPC over HTTP POST (rpc§13.1 #S46), and `/healthz`. */
@AccessArea(RPC_AREA)
@Injectable()
export class RpcHttpEndpoint implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(RpcHttpEndpoint.name);
  private guarded: Admit = async () => undefined;

  constructor(
    private readonly engine: RpcEngine,
    private readonly host: HttpAdapterHost,
    private readonly contexts: ExternalContextCreator,
    private readonly rawBody: RawBody,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
  ) {}

  onModuleInit(): void {
    const { http, healthz } = this.settings;
    const options = { guards: true, interceptors: false, filters: false };
    this.guarded = this.contexts.create(
      this,
      // eslint-disable-next-line @typescript-eslint/unbound-method -- the context creator calls it on the owner
      this.admit,
      'admit',
      undefined,
      undefined,
      undefined,
      undefined,
      options,
      'http',
    ) as Admit;
    if (healthz) this.mount({ path: healthz, handle: (exchange) => answerHealth(exchange) });
    if (!http) return;
    this.rawBody.claim((_method, path) => path === http || path === `${http}/`);
    this.mount({ path: http, handle: (exchange) => this.serve(exchange) });
  }

  /** Answers what is under way: an open request would keep the HTTP server from closing. */
  async beforeApplicationShutdown(): Promise<void> {
    this.engine.close();
    const sessions = [...this.engine.sessions].filter(({ peer }) => peer.transport === HTTP);
    const drained = Promise.all(sessions.map((session) => session.drain()));
    try {
      await withDeadline(drained, SHUTDOWN_PATIENCE, () => new RpcShutdownError());
    } catch (error) {
      this.logger.warn(`Calls were still running after ${SHUTDOWN_PATIENCE} ms: ${String(error)}`);
      for (const session of sessions) session.abandon();
    }
  }

  /** Nothing to do: the host's global guards run before it. */
  admit(_request: unknown, _response: unknown): void {}

  private mount(mount: HttpMount): void {
    const { httpAdapter } = this.host;
    // An application without HTTP (a worker, a script) has no routes.
    if (!httpAdapter) return;
    const instance: unknown = httpAdapter.getInstance();
    if (httpAdapter.getType() === 'fastify') mountOnFastify(instance as never, mount);
    else mountOnExpress(instance as never, mount);
    this.logger.log(`Serving {${mount.path}} over HTTP`);
  }

  private async serve(exchange: HttpExchange): Promise<void> {
    try {
      await this.answer(exchange);
    } catch (error) {
      // A guard said no, or the body is too large or was cut off.
      const { status, headers } = describeError(error);
      exchange.send(status, { ...JSON_TYPE, ...headers }, rpcErrorText('null', describeRpcError(error)));
    }
  }

  private async answer(exchange: HttpExchange): Promise<void> {
    const { request, response, method } = exchange;
    if (method !== 'POST') {
      refuse(exchange, 405, `Use POST here, not ${method}`, { allow: 'POST' });
      return;
    }
    const [mediaType = ''] = (bodyHeadersOf(request)['content-type'] ?? '').split(';');
    if (!MEDIA_TYPES.has(mediaType.trim().toLowerCase())) {
      refuse(exchange, 415, `The content type must be application/json, not "${mediaType.trim()}"`);
      return;
    }
    await this.guarded(request, response);
    this.run(exchange, await readBody(request, this.settings.maxTextLength));
  }

  private run(exchange: HttpExchange, body: Buffer): void {
    let text: string;
    try {
      text = UTF8.decode(body);
    } catch {
      // Not UTF-8, hence not JSON.
      exchange.send(200, JSON_TYPE, PARSE_ERROR);
      return;
    }
    const session = this.engine.open({ transport: HTTP, principal: principalOf(exchange.request), congested: false });
    exchange.onGone(() => session.close());
    const reply = (answer: string): void => {
      if (!session.isClosed) exchange.send(200, JSON_TYPE, answer);
    };
    if (!session.receiveText(text, { reply })) exchange.send(204, {});
    session.release();
  }
}

function refuse(exchange: HttpExchange, status: number, message: string, headers: Record<string, string> = {}): void {
  exchange.send(status, { ...JSON_TYPE, ...headers }, errorText('null', RPC_ERROR.INVALID_REQUEST, message));
}

function answerHealth(exchange: HttpExchange): void {
  const { method } = exchange;
  if (method === 'GET' || method === 'HEAD') exchange.send(200, { 'content-type': 'text/plain; charset=utf-8' }, 'Ok');
  else exchange.send(405, { allow: 'GET, HEAD' });
}
