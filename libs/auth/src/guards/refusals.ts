import { type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WsException } from '@nestjs/websockets';
import { MillraceError } from '@millrace/core';
import type { Carrier } from './carrier.js';

/** Gives the guard's errors the form that the place of the call can hand on to its client. */
@Injectable()
export class Refusals {
  constructor(private readonly host: HttpAdapterHost) {}

  of(error: unknown, context: ExecutionContext, carrier: Carrier | undefined): unknown {
    if (!(error instanceof MillraceError)) return error;
    const type = context.getType<string>();
    if (type === 'http') this.writeHeaders(error, context);
    // In a handshake the carrier is the request itself. Else it is a message, and gateways hand on no other exceptions.
    const isHandshake = carrier !== undefined && carrier.target === carrier.source;
    return type === 'ws' && !isHandshake ? asMessage(error) : error;
  }

  /** Routes of the host's own may have no filter of ours, and Nest's own filter knows no headers of exceptions. */
  private writeHeaders(error: MillraceError, context: ExecutionContext): void {
    const response: unknown = context.switchToHttp().getResponse();
    for (const [name, value] of Object.entries(error.headers)) this.host.httpAdapter.setHeader(response, name, value);
  }
}

function asMessage({ code, message }: MillraceError): WsException {
  return new WsException({ status: 'error', code, message });
}
