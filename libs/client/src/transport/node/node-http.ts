import { Agent as PlainAgent, request as plainRequest, type IncomingMessage } from 'node:http';
import {
  Agent as SecureAgent,
  request as secureRequest,
  type RequestOptions as SecureRequestOptions,
} from 'node:https';
import type { SecureContext } from 'node:tls';
import { startTimer } from '@millrace/protocol';
import { ConnectTimeoutError } from '../../errors/connection.errors.js';
import { classifyFailure } from './classify-failure.js';
import type { TlsSettings } from '../socket.interface.js';
import type { HttpReply, OutgoingRequest } from '../transport.interface.js';

/** HTTP from Node; `fetch` could not be told whom to trust. */
export class NodeHttp {
  private readonly plain = new PlainAgent({ keepAlive: true });
  private secure: { agent: SecureAgent; context: SecureContext } | undefined;

  constructor(private readonly trust: (tls: TlsSettings) => Promise<SecureContext>) {}

  readonly send = async (request: OutgoingRequest): Promise<HttpReply> => {
    const context = request.tls && (await this.trust(request.tls));
    request.signal.throwIfAborted();
    return this.exchange(request, context && this.agentFor(context), true);
  };

  close(): void {
    this.plain.destroy();
    this.secure?.agent.destroy();
  }

  private agentFor(context: SecureContext): SecureAgent {
    if (this.secure?.context !== context) {
      this.secure?.agent.destroy();
      this.secure = { agent: new SecureAgent({ keepAlive: true, secureContext: context }), context };
    }
    return this.secure.agent;
  }

  private exchange(request: OutgoingRequest, secure: SecureAgent | undefined, firstTry: boolean): Promise<HttpReply> {
    const { method, url, body, signal, repeatable } = request;
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const headers = { ...request.headers, ...length };
    // An idle connection may be ended by the server in the moment it is taken up again, and from a server that was killed
    // over the request that looks the same: what must not be done twice gets a connection of its own.
    const sent = secure
      ? secureRequest(url, { method, headers, signal, ...(repeatable ? { agent: secure } : ownConnection(secure)) })
      : plainRequest(url, { method, headers, signal, agent: repeatable ? this.plain : false });
    const connecting = startTimer(
      () => sent.destroy(new ConnectTimeoutError(`No connection to ${url.host} within ${request.connectTimeout} ms`)),
      request.connectTimeout || Infinity,
    );
    const connected = (): void => connecting.stop();
    sent.once('socket', (socket) => {
      if (!socket.connecting) connected();
      else socket.once(secure ? 'secureConnect' : 'connect', connected);
    });
    sent.once('close', connected);
    // An error of the body is raised where it is read, or nowhere when nobody reads.
    sent.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      sent.once('response', (response) => resolve(replyOf(response, signal)));
      sent.once('error', (error: NodeJS.ErrnoException) => {
        if (firstTry && sent.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted)
          resolve(this.exchange(request, secure, false));
        else reject((signal.aborted ? signal.reason : classifyFailure(error)) as Error);
      });
      sent.end(body);
    });
  }
}

function replyOf(response: IncomingMessage, signal: AbortSignal): HttpReply {
  response.on('error', () => undefined);
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: bodyOf(response, signal),
    cancel: () => void response.destroy(),
  };
}

async function* bodyOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of response) yield part as Uint8Array;
  } catch (error) {
    throw signal.aborted ? signal.reason : classifyFailure(error as Error);
  }
}

function ownConnection({ options: { secureContext } }: SecureAgent): SecureRequestOptions {
  return { agent: false, ...(secureContext && { secureContext }) };
}
