import { HttpException } from '@nestjs/common';
import { hasScope, pause, type Principal } from '@millrace/core';
import { SOURCES_RESOURCE } from '../protocol/constants.js';
import { textAt, type OperationMessage } from '../protocol/messages.js';
import { ClaimDamper } from './claim-damper.js';
import { configureText, refusalText } from './hub-frames.js';
import type { HubSession } from './hub-session.js';
import type { HubSource } from './hub-source.js';
import type { SessionServices } from './session-services.js';
import type { SocketBrake } from './socket-brake.js';

/** Messages kept while an authentication or claim is under way; then reading waits. */
const MAX_STASH = 64;
/** How long a refused client may take to close by itself, in milliseconds. */
const REFUSED_LINGER = 3000;
/** Refused authentications of one socket. */
const MAX_REFUSED = 3;
/** The longest name of a source. */
const MAX_NAME = 1024;

interface ClaimRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Authentication and claim of one socket (protocol sections 4.2 and 4.3): the asynchronous part of a session. */
export class SessionOpening {
  #token: string | undefined;
  /** Tells tokens apart for the damping of refused claims; never shown. */
  #identity = '';
  private subject: Principal | undefined;
  private passed = false;
  private refused = 0;
  private busy = false;
  private readonly stashed: Buffer[] = [];
  private readonly stop = new AbortController();

  constructor(
    private readonly session: HubSession,
    private readonly services: SessionServices,
    private readonly secure: boolean,
    private readonly brake: SocketBrake,
  ) {}

  get isAuthenticated(): boolean {
    return this.passed;
  }

  get principal(): Principal | undefined {
    return this.subject;
  }

  /** Keeps a message that came during an authentication or claim. @returns false when none is under way */
  stash(data: Buffer): boolean {
    if (!this.busy) return false;
    this.stashed.push(data);
    if (this.stashed.length >= MAX_STASH) this.brake.hold('opening');
    return true;
  }

  cancel(): void {
    this.stop.abort();
    this.stashed.length = 0;
  }

  authenticate(message: OperationMessage): void {
    this.during(async () => {
      try {
        this.subject = await this.verify(message);
      } catch (error) {
        this.authenticationFailed(error);
        return;
      }
      if (this.session.isEnded) return;
      this.passed = true;
      this.#identity = this.subject?.subject ?? '';
      this.session.send('{"status":200,"contentType":"application/json"}');
      this.session.authenticated();
    });
  }

  claim(message: OperationMessage, current: HubSource | undefined): void {
    this.during(async () => {
      const name = textAt(message, 'resourceId') ?? '';
      const secret = textAt(message.parameters, 'reconnectSecret');
      this.session.holdDeadline();
      const key = ClaimDamper.key(this.#identity, name);
      const configuration = await this.services.sources.configuration(name.slice(0, MAX_NAME));
      if (this.session.isEnded) return;
      const refusal = this.refusal(message, name, secret, configuration, current);
      if (refusal) {
        await this.refuseClaim(key, refusal, name);
        return;
      }
      this.services.damper.accepted(key);
      this.session.connect(this.services.sources.source(name), secret, configureText(name, configuration));
      this.services.logger.log(`Source ${JSON.stringify(name)} is served by a connector`);
    });
  }

  /** Checks a live session: a token that ran out, was revoked, or lost its scope ends it. */
  async revalidate(): Promise<void> {
    const { authenticator } = this.services;
    if (!authenticator || this.#token === undefined || this.session.isEnded) return;
    try {
      this.subject = await authenticator.authenticate(this.#token, { secure: this.secure });
      const name = this.session.sourceName;
      if (name === undefined || this.mayServe(name)) return;
    } catch (error) {
      // A verifier that is out of order says nothing of the token.
      if (!isRefusal(error)) return;
    }
    this.session.close(1013, 'The token does not hold any more');
  }

  private async verify({ op, object }: OperationMessage): Promise<Principal | undefined> {
    const { authenticator } = this.services;
    if (!authenticator) return undefined;
    const context = { secure: this.secure };
    if (op === 'authenticate') {
      this.#token = undefined;
      return authenticator.authenticatePassword(
        textAt(object, 'username') ?? '',
        textAt(object, 'password') ?? '',
        context,
      );
    }
    this.#token = typeof object === 'string' ? object : '';
    return authenticator.authenticate(this.#token, context);
  }

  private authenticationFailed(error: unknown): void {
    this.#token = undefined;
    if (!isRefusal(error)) {
      this.services.logger.error(`The authentication failed: ${error instanceof Error ? error.name : 'unknown error'}`);
      // No error status: existing connectors would give up for good.
      this.session.close(1013, 'The authentication is out of order; try again later');
      return;
    }
    this.services.counters.refusedTokens += 1;
    this.refused += 1;
    this.session.send(refusalText(error.getStatus(), 'millrace.hub.authenticationFailed', refusalReason(error)));
    this.passed = false;
    if (this.session.isConnected || this.refused >= MAX_REFUSED) this.session.close(1008, 'Not authenticated');
    else setTimeout(() => !this.passed && this.session.close(1008, 'Not authenticated'), REFUSED_LINGER).unref();
  }

  private refusal(
    message: OperationMessage,
    name: string,
    secret: string | undefined,
    configuration: object | undefined,
    current: HubSource | undefined,
  ): ClaimRefusal | undefined {
    const refuse = (status: number, code: string, text: string): ClaimRefusal => ({
      status,
      code: `millrace.hub.${code}`,
      message: text,
    });
    if (message.resourceName !== SOURCES_RESOURCE || name === '' || name.length > MAX_NAME) {
      return refuse(400, 'badClaim', 'A claim names the resource "sources" and a source');
    }
    if (!this.mayServe(name)) return refuse(403, 'forbidden', 'The credential does not allow to serve this source');
    if (!configuration) return refuse(404, 'unknownSource', 'There is no such source');
    if (current && current.name !== name) return refuse(409, 'oneSource', 'This connection serves another source');
    const live = this.services.sources.source(name).session;
    if (live && live !== this.session && !live.isEnded && !live.hasSecret(secret)) {
      return refuse(409, 'alreadyServed', 'Another connector serves the source');
    }
    return undefined;
  }

  private mayServe(name: string): boolean {
    return !this.subject || hasScope(this.subject.scopes, `sources:connect:${name}`);
  }

  private async refuseClaim(key: string, { status, code, message }: ClaimRefusal, name: string): Promise<void> {
    this.services.counters.refusedClaims += 1;
    const delay = this.services.damper.refused(key);
    if (delay === undefined) {
      this.session.close(1013, 'Too many refused claims; try again later');
      return;
    }
    this.services.logger.debug(`A claim of source ${JSON.stringify(name.slice(0, 100))} is refused: ${message}`);
    await pause(delay, this.stop.signal);
    this.services.damper.answered(key);
    if (this.session.isEnded) return;
    this.session.send(refusalText(status, code, message, [name]));
    // A connector that served the source and was told to come back has lost it.
    if (this.session.isConnected) this.session.close(1012, 'The source is not served here any more');
    else this.session.awaitClaim();
  }

  /** Runs one step; messages that come meanwhile are handled after it, in their order. */
  private during(step: () => Promise<void>): void {
    this.busy = true;
    step()
      .catch((error: unknown) => {
        this.services.logger.error(
          `A session failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}`,
        );
        this.session.close(1011, 'Internal server error');
      })
      .finally(() => {
        this.busy = false;
        const waiting = this.stashed.splice(0);
        this.brake.release('opening');
        for (const data of waiting) {
          if (this.session.isEnded) return;
          if (!this.stash(data)) this.session.handle(data);
        }
      });
  }
}

/** A credential that may not be used here is told why; about one that is wrong nothing is told. */
function refusalReason(error: HttpException): string {
  return error.getStatus() === 403 ? error.message : 'The credential was not accepted';
}

/** A definite refusal by the verifier; anything else is a fault of its own. */
function isRefusal(error: unknown): error is HttpException {
  return (
    error instanceof HttpException && error.getStatus() >= 400 && error.getStatus() < 500 && error.getStatus() !== 429
  );
}
