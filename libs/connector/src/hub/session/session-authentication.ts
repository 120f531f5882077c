import { describeError, MillraceError } from '@millrace/core/errors';
import { type CredentialContext, type Principal, type Authenticator, hasScope } from '@millrace/core/security';
import { thrownName } from '@millrace/protocol';
import { type OperationMessage, textAt } from '../../protocol/messages.js';
import { refusalText } from './hub-frames.js';
import type { SessionControl, SessionServices } from './session-control.js';

/** How long a refused client may take to close by itself, in milliseconds. */
const REFUSED_LINGER = 3000;
/** Refused authentications of one socket. */
const MAX_REFUSED = 3;

/** Who a session belongs to, from its first message to the end (connector§4.2). */
export class SessionAuthentication {
  private credential: Credential | undefined;
  private subject: Principal | undefined;
  private passed = false;
  private refused = 0;
  private linger: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: SessionControl,
    private readonly services: SessionServices,
    private readonly context: CredentialContext,
  ) {}

  get isAuthenticated(): boolean {
    return this.passed;
  }

  /** Undefined before authentication, and where everybody is let in. */
  get principal(): Principal | undefined {
    return this.subject;
  }

  /** Whether it is by name and password, which take long to check. */
  get hasPassword(): boolean {
    return this.credential?.kind === 'password';
  }

  /** Handles a `validate` or `authenticate` message. */
  async authenticate(message: OperationMessage): Promise<void> {
    const { authenticator } = this.services;
    const credential = authenticator && credentialOf(message, authenticator, this.context);
    let principal: Principal | undefined;
    try {
      principal = await credential?.verify();
      // One that replaces the credential of a live session has to carry what the session does.
      if (!mayServe(principal, this.session.source?.name)) throw new MillraceError('FORBIDDEN', MAY_NOT_SERVE);
    } catch (error) {
      this.failed(error);
      return;
    }
    if (this.session.isEnded) return;
    clearTimeout(this.linger);
    this.credential = credential;
    this.subject = principal;
    this.passed = true;
    this.session.send('{"status":200,"contentType":"application/json"}');
    if (!this.session.source) this.session.awaitClaim();
  }

  /** Checks a live session: a token or password that ran out, was revoked, or lost its scope ends it (connector#78). */
  async revalidate(): Promise<void> {
    const { credential } = this;
    if (!credential || this.session.isEnded) return;
    try {
      const principal = await credential.verify();
      // Replaced meanwhile by one that was verified itself: this answer is about the earlier one.
      if (this.credential !== credential) return;
      this.subject = principal;
      if (mayServe(principal, this.session.source?.name)) return;
    } catch (error) {
      // A verifier that is out of order says nothing of the credential.
      if (this.credential !== credential || !isRefusal(error)) return;
    }
    this.session.close(1013, this.notHeld);
  }

  /** Why a session ends whose credential does not count any more. */
  get notHeld(): string {
    return `The ${this.hasPassword ? 'password' : 'token'} does not hold any more`;
  }

  cancel(): void {
    clearTimeout(this.linger);
  }

  private failed(error: unknown): void {
    const { status, reason } = describeError(error);
    if (!isRefusal(error)) {
      this.services.logger.error(`The authentication failed: ${thrownName(error)}`);
      // No error status: existing connectors would give up for good.
      this.session.close(1013, 'The authentication is out of order; try again later');
      return;
    }
    this.services.counters.refusedTokens += 1;
    this.refused += 1;
    this.session.send(refusalText(status, 'millrace.hub.authenticationFailed', status === 403 ? reason : NOT_ACCEPTED));
    this.credential = undefined;
    this.passed = false;
    clearTimeout(this.linger);
    if (this.session.source || this.refused >= MAX_REFUSED) this.session.close(1008, 'Not authenticated');
    else this.linger = setTimeout(() => this.session.close(1008, 'Not authenticated'), REFUSED_LINGER).unref();
  }
}

/** Why a good credential may not be used here is said; about one that is wrong nothing is. */
const NOT_ACCEPTED = 'The credential was not accepted';

/** A definite refusal by the verifier; anything else is a fault of its own. */
function isRefusal(error: unknown): boolean {
  const { status } = describeError(error);
  return status >= 400 && status < 500 && status !== 429;
}

/**
 * What a session authenticated with, kept so that it can be checked again (connector#78). It stays in a closure: no string
 * form, log line or error shows it.
 */
interface Credential {
  readonly kind: 'token' | 'password';
  /** @throws what the authenticator throws */
  verify(this: void): Promise<Principal>;
}

/** The credential of a `validate` or `authenticate` message (connector§4.2). */
function credentialOf(
  { op, object }: OperationMessage,
  authenticator: Authenticator,
  context: CredentialContext,
): Credential {
  if (op === 'authenticate') {
    const [username, password] = [textAt(object, 'username') ?? '', textAt(object, 'password') ?? ''];
    return { kind: 'password', verify: () => authenticator.authenticatePassword(username, password, context) };
  }
  const token = typeof object === 'string' ? object : '';
  return { kind: 'token', verify: () => authenticator.authenticate(token, context) };
}

/** The refusal of a credential that may not serve a source. */
export const MAY_NOT_SERVE = 'The credential does not allow to serve this source';

/** Whether a client may serve a source, if it has one. Where everybody is let in there is no principal. */
export function mayServe(principal: Principal | undefined, source: string | undefined): boolean {
  return !principal || source === undefined || hasScope(principal.scopes, `sources:connect:${source}`);
}
