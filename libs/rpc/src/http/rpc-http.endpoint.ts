import type { OutgoingHttpHeaders } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EnhancedCalls } from '@millrace/core/enhancers';
import { describeError } from '@millrace/core/errors';
import {
  bodyHeadersOf,
  type FrameworkResponse,
  HostPaths,
  RawBody,
  rawRequestOf,
  rawResponseOf,
  readBody,
  sendAnswer,
} from '@millrace/core/http';
import { AccessArea, principalOf } from '@millrace/core/security';
import { Shutdown } from '@millrace/core/shutdown';
import { RPC_ERROR } from '@millrace/protocol';
import { errorText, PARSE_ERROR } from '../engine/reply-text.js';
import { RpcEngine } from '../engine/rpc-engine.js';
import type { RpcSession } from '../engine/rpc-engine.interface.js';
import { RPC_AREA } from '../rpc.constants.js';
import { describeRpcError } from '../describe-rpc-error.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';
import { type HttpMount, mountOnExpress, mountOnFastify } from './http-mount.js';

type Admit = (request: object, response: object) => Promise<unknown>;

/** Name of the transport: a request can be answered, and nothing else. */
const HTTP = 'http';
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const MEDIA_TYPES = new Set(['application/json', 'application/json-rpc', 'application/jsonrequest']);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** JSON-RPC over HTTP POST (rpc§13.1 #S46), and `/healthz`. */
@AccessArea(RPC_AREA)
@Injectable()
export class RpcHttpEndpoint implements OnModuleInit {
  private readonly logger = new Logger(RpcHttpEndpoint.name);
  private guarded: Admit = async () => undefined;

  constructor(
    private readonly engine: RpcEngine,
    private readonly host: HttpAdapterHost,
    private readonly calls: EnhancedCalls,
    private readonly rawBody: RawBody,
    private readonly paths: HostPaths,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
    shutdown: Shutdown,
  ) {
    shutdown.add({ name: 'calls by HTTP', end: (deadline) => this.end(deadline) });
  }

  onModuleInit(): void {
    const { http, healthz } = this.settings;
    const kinds = { guards: true, interceptors: false, filters: false, answers: true };
    this.guarded = this.calls.bind({ instance: this, method: 'admit', type: 'http', ...kinds });
    if (healthz) this.mount(healthz, RequestMethod.GET, answerHealth);
    if (!http) return;
    this.rawBody.claim((_method, path) => path === http || path === `${http}/`, this.settings);
    this.mount(http, RequestMethod.POST, (request, response) => this.serve(request, response));
  }

  /** Answers what is under way, and what comes meanwhile: only its answer sends a client of HTTP elsewhere. */
  private async end(deadline: AbortSignal): Promise<void> {
    deadline.addEventListener('abort', () => {
      this.engine.close();
      for (const session of this.sessions()) void session.drain(deadline);
    });
    for (let open = this.sessions(); open.length > 0; open = this.sessions())
      await Promise.all(open.map((session) => new Promise<void>((resolve) => session.onClose(resolve))));
  }

  private sessions(): RpcSession[] {
    return [...this.engine.sessions].filter(({ peer }) => peer.transport === HTTP);
  }

  /** Nothing to do: the host's global guards run before it. */
  admit(_request: unknown, _response: unknown): void {}

  private mount(own: string, method: RequestMethod, handle: HttpMount['handle']): void {
    const { httpAdapter } = this.host;
    // An application without HTTP (a worker, a script) has no routes.
    if (!httpAdapter) return;
    const mount = { path: this.paths.at(own, this.settings, method), handle };
    const instance: unknown = httpAdapter.getInstance();
    if (httpAdapter.getType() === 'fastify') mountOnFastify(instance as never, mount);
    else mountOnExpress(instance as never, mount);
    this.logger.log(`Serving {${mount.path}} over HTTP`);
  }

  private async serve(request: object, response: FrameworkResponse): Promise<void> {
    try {
      await this.answer(request, response);
    } catch (error) {
      // A guard said no, or the body is too large or was cut off.
      const { status, headers } = describeError(error);
      sendAnswer(response, status, { ...JSON_TYPE, ...headers }, errorText('null', describeRpcError(error)));
    }
  }

  private async answer(request: object, response: FrameworkResponse): Promise<void> {
    const { method } = rawRequestOf(request);
    if (method !== 'POST') {
      refuse(response, 405, `Use POST here, not ${method}`, { allow: 'POST' });
      return;
    }
    const [mediaType = ''] = (bodyHeadersOf(request)['content-type'] ?? '').split(';');
    if (!MEDIA_TYPES.has(mediaType.trim().toLowerCase())) {
      refuse(response, 415, `The content type must be application/json, not "${mediaType.trim()}"`);
      return;
    }
    await this.guarded(request, response);
    this.run(request, response, await readBody(request, this.settings.maxTextLength));
  }

  private run(request: object, response: FrameworkResponse, body: Buffer): void {
    let text: string;
    try {
      text = UTF8.decode(body);
    } catch {
      // Not UTF-8, hence not JSON.
      sendAnswer(response, 200, JSON_TYPE, PARSE_ERROR);
      return;
    }
    // Both frameworks name the address that throttlers count the POST itself by.
    const { ip: address } = request as { readonly ip?: string };
    const principal = principalOf(request);
    const session = this.engine.open({ transport: HTTP, principal, address, congested: false });
    const raw = rawResponseOf(response);
    raw.once('close', () => {
      if (!raw.writableFinished) session.close();
    });
    const reply = (answer: string): void => {
      if (!session.isClosed) sendAnswer(response, 200, JSON_TYPE, answer);
    };
    if (!session.receiveText(text, { reply })) sendAnswer(response, 204, {});
    session.release();
  }
}

function refuse(response: FrameworkResponse, status: number, message: string, headers: OutgoingHttpHeaders = {}): void {
  const error = { code: RPC_ERROR.INVALID_REQUEST, message };
  sendAnswer(response, status, { ...JSON_TYPE, ...headers }, errorText('null', error));
}

function answerHealth(request: object, response: FrameworkResponse): void {
  const { method = '' } = rawRequestOf(request);
  if (method === 'GET' || method === 'HEAD')
    sendAnswer(response, 200, { 'content-type': 'text/plain; charset=utf-8' }, 'Ok');
  else sendAnswer(response, 405, { allow: 'GET, HEAD' });
}
