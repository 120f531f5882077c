import { HttpException } from '@nestjs/common';
import { type CredentialContext, hasScope, MillraceError, pause, type Principal } from '@millrace/core';
import { SOURCES_RESOURCE } from '../../protocol/constants.js';
import { textAt, type OperationMessage } from '../../protocol/messages.js';
import { ClaimDamper } from './claim-damper.js';
import { configureText, refusalText } from './hub-frames.js';
import type { HubSession } from './hub-session.js';
import type { HubSource } from '../sources/hub-source.js';
import { SessionCredential } from './session-credential.js';
import type { SessionServices } from './session-services.js';
import type { SocketBrake } from './socket-brake.js';

/** Messages kept while an authentication or claim is under way; then reading waits. */
const MAX_STASH = 64;
/** Bytes of them: whoever has not authenticated yet must not fill the memory. */
const MAX_STASH_BYTES = 1024 * 1024;
/** How long a refused client may take to close by itself, in milliseconds. */
const REFUSED_LINGER = 3000;
/** Refused authentications of one socket. */
const MAX_REFUSED = 3;
/** The longest name of a source. */
const MAX_NAME = 1024;
const MAY_NOT_SERVE = 'The credential does not allow to serve this source';

interface ClaimRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Authentication and claim of one socket (connector§4.2 §4.3): the asynchronous part of a session. */
export class SessionOpening {
  private credential: SessionCredential | undefined;
  /** Tells tokens apart for the damping of refused claims; never shown. */
  #identity = '';
  private subject: Principal | undefined;
  private passed = false;
  private refused = 0;
  private busy = false;
  private readonly stashed: Buffer[] = [];
  private stashedBytes = 0;
  private linger: NodeJS.Timeout | undefined;
  private readonly stop = new AbortController();

  constructor(
    private readonly session: HubSession,
    private readonly services: SessionServices,
    private readonly context: CredentialContext,
    private readonly brake: SocketBrake,
  ) {}

  get isAuthenticated(): boolean {
    return this.passed;
  }

  get principal(): Principal | undefined {
    return this.subject;
  }

  get hasPassword(): boolean {
    return this.credential?.kind === 'password';
  }

  /** Keeps a message that came during an authentication or claim. @returns false when none is under way */
  stash(data: Buffer): boolean {
    if (!this.busy) return false;
    this.stashed.push(data);
    this.stashedBytes += data.length;
    if (this.stashed.length >= MAX_STASH || this.stashedBytes >= MAX_STASH_BYTES) this.brake.hold('opening');
    return true;
  }

  cancel(): void {
    this.stop.abort();
    clearTimeout(this.linger);
    this.stashed.length = 0;
  }

  authenticate(message: OperationMessage): void {
    this.during(async () => {
      const { authenticator } = this.services;
      const credential = authenticator && SessionCredential.of(message, authenticator, this.context);
      let principal: Principal | undefined;
      try {
        principal = await credential?.verify();
        // One that replaces the credential of a live session has to carry what the session does.
        const name = this.session.sourceName;
        if (name !== undefined && !mayServe(principal, name)) throw new MillraceError('FORBIDDEN', MAY_NOT_SERVE);
      } catch (error) {
        this.authenticationFailed(error);
        return;
      }
      if (this.session.isEnded) return;
      clearTimeout(this.linger);
      this.credential = credential;
      this.subject = principal;
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

  /** Checks a live session: a token or password that ran out, was revoked, or lost its scope ends it. */
  async revalidate(): Promise<void> {
    const { credential } = this;
    if (!credential || this.session.isEnded) return;
    try {
      const principal = await credential.verify();
      // Replaced meanwhile by one that was verified itself: this answer is about the earlier one.
      if (this.credential !== credential) return;
      this.subject = principal;
      const name = this.session.sourceName;
      if (name === undefined || mayServe(principal, name)) return;
    } catch (error) {
      // A verifier that is out of order says nothing of the credential.
      if (this.credential !== credential || !isRefusal(error)) return;
    }
    const what = credential.kind === 'password' ? 'password' : 'token';
    this.session.close(1013, `The ${what} does not hold any more`);
  }

  private authenticationFailed(error: unknown): void {
    if (!isRefusal(error)) {
      this.services.logger.error(`The authentication failed: ${error instanceof Error ? error.name : 'unknown error'}`);
      // No error status: existing connectors would give up for good.
      this.session.close(1013, 'The authentication is out of order; try again later');
      return;
    }
    this.services.counters.refusedTokens += 1;
    this.refused += 1;
    this.session.send(refusalText(error.getStatus(), 'millrace.hub.authenticationFailed', refusalReason(error)));
    this.credential = undefined;
    this.passed = false;
    clearTimeout(this.linger);
    if (this.session.isConnected || this.refused >= MAX_REFUSED) this.session.close(1008, 'Not authenticated');
    else this.linger = setTimeout(() => this.session.close(1008, 'Not authenticated'), REFUSED_LINGER).unref();
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
    if (!mayServe(this.subject, name)) return refuse(403, 'forbidden', MAY_NOT_SERVE);
    if (!configuration) return refuse(404, 'unknownSource', 'There is no such source');
    if (current && current.name !== name) return refuse(409, 'oneSource', 'This connection serves another source');
    const live = this.services.sources.source(name).session;
    if (live && live !== this.session && !live.isEnded && !live.hasSecret(secret)) {
      return refuse(409, 'alreadyServed', 'Another connector serves the source');
    }
    return undefined;
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
      // What has been read already would be answered however little the client takes.
      .then(() => this.session.answersTaken())
      .catch((error: unknown) => {
        this.services.logger.error(
          `A session failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}`,
        );
        this.session.close(1011, 'Internal server error');
      })
      .finally(() => {
        this.busy = false;
        const waiting = this.stashed.splice(0);
        this.stashedBytes = 0;
        this.brake.release('opening');
        for (const data of waiting) {
          if (this.session.isEnded) return;
          if (!this.stash(data)) this.session.handle(data);
        }
      });
  }
}

/** Where everybody is let in there is no principal. */
function mayServe(principal: Principal | undefined, name: string): boolean {
  return !principal || hasScope(principal.scopes, `sources:connect:${name}`);
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
