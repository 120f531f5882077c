import { Injectable } from '@nestjs/common';
import type { MillraceError } from '../errors/millrace.error.js';
import type { Principal } from './principal.js';

/** A connection that stays open by the credential it was opened with. */
export interface LiveConnection {
  readonly principal: Principal | undefined;
  /** Ends the connection, with the close code of the error. */
  fail(error: MillraceError): void;
}

/** The connections of one application that live by a credential, so that those of a revoked one can be ended. */
@Injectable()
export class LiveConnections implements Iterable<LiveConnection> {
  private readonly sources: Iterable<LiveConnection>[] = [];

  /** @param connections those that are open at the time of asking */
  include(connections: Iterable<LiveConnection>): void {
    this.sources.push(connections);
  }

  *[Symbol.iterator](): Iterator<LiveConnection> {
    for (const connections of this.sources) yield* connections;
  }
}
