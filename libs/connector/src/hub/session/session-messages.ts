import { RESPONSE_ADDRESS_HEADER } from '../../protocol/constants.js';
import { textAt, type OperationMessage, type ResponseMessage, parseMessage } from '../../protocol/messages.js';
import type { NotificationIntake } from '../notifications/notification-intake.js';
import type { OpenQueries } from '../queries/open-queries.js';
import { refusalText } from './hub-frames.js';
import type { InboundMessages } from './inbound-messages.js';
import type { SessionAuthentication } from './session-authentication.js';
import type { SessionClaim } from './session-claim.js';
import type { SessionControl, SessionServices } from './session-control.js';

/** Messages that make no sense, after which a socket is closed. */
const MAX_REFUSED = 10;

/** The parts of a session that messages are for. */
export interface SessionParts {
  readonly inbound: InboundMessages;
  readonly authentication: SessionAuthentication;
  readonly claim: SessionClaim;
  readonly intake: NotificationIntake;
  readonly queries: OpenQueries;
}

/** Brings each message of a client to the part of its session that it is for (connector§10). */
export class SessionMessages {
  private refused = 0;

  constructor(
    private readonly session: SessionControl,
    private readonly services: SessionServices,
    private readonly parts: SessionParts,
  ) {}

  handle(data: Buffer): void {
    const parsed = parseMessage(data);
    if (parsed.kind === 'operation') this.operation(parsed.message, data.length);
    else if (parsed.kind === 'response') this.response(parsed.message, data);
    else this.unreadable(parsed.kind === 'unreadable' ? parsed.reason : 'The message has neither op nor status');
  }

  private operation(message: OperationMessage, bytes: number): void {
    const { inbound, authentication, claim, intake } = this.parts;
    const { source } = this.session;
    const { op } = message;
    if (op === 'notification') {
      if (source) intake.take(message, bytes, source);
      else this.notYet();
    } else if (op === 'validate' || op === 'authenticate') inbound.during(() => authentication.authenticate(message));
    else if (!authentication.isAuthenticated) this.notYet();
    else if (op === 'connectExtension') inbound.during(() => claim.claim(message));
    // It counts as unreadable, so that a client cannot keep a socket busy with it.
    else this.unreadable(`There is no operation ${JSON.stringify(op.slice(0, 40))}`, 'millrace.hub.unknownOperation');
  }

  private response(message: ResponseMessage, data: Buffer): void {
    const { source } = this.session;
    if (!source) {
      this.notYet();
      return;
    }
    const query = this.parts.queries.find(textAt(message.headers, RESPONSE_ADDRESS_HEADER));
    if (query) query.respond(message, data.length, data);
    else this.services.logger.debug(`A response of source ${source.name} fits no open query and was ignored`);
    this.parts.intake.acknowledge();
  }

  /** Nothing but authentication is taken before it, and no notification or response before the claim. */
  private notYet(): void {
    if (this.parts.authentication.isAuthenticated) {
      this.refuse(409, 'millrace.hub.notConnected', 'Claim a source by connectExtension first');
    } else this.refuse(401, 'millrace.hub.notAuthenticated', 'Authenticate first');
  }

  private unreadable(reason: string, code = 'millrace.hub.unreadable'): void {
    this.refuse(400, code, reason);
  }

  /** Answers a message that makes no sense here; the last one allowed closes the socket. */
  private refuse(status: number, code: string, text: string): void {
    this.refused += 1;
    this.services.counters.unreadable += 1;
    if (this.refused < MAX_REFUSED) {
      this.session.send(refusalText(status, code, text));
      return;
    }
    this.services.logger.debug('A socket was closed after too many messages that make no sense');
    this.session.close(1008, 'Too many messages that make no sense');
  }
}
