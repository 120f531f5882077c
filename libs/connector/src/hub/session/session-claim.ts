import { pause } from '@millrace/protocol';
import { type OperationMessage, textAt } from '../../protocol/messages.js';
import { operationText, refusalText } from './hub-frames.js';
import { RefusalDelays } from './refusal-delays.js';
import { MAY_NOT_SERVE, mayServe, type SessionAuthentication } from './session-authentication.js';
import type { SessionControl, SessionServices } from './session-control.js';
import { SOURCES_RESOURCE } from '../../protocol/constants.js';

type ClaimRefusal = readonly [status: number, code: string, message: string];

/** The claims of one session (connector§4.3). */
export class SessionClaim {
  /** Ends the delay of a refused claim that is under way. */
  private waiting: AbortController | undefined;

  constructor(
    private readonly session: SessionControl,
    private readonly services: SessionServices,
    private readonly authentication: SessionAuthentication,
  ) {}

  /** Handles a `connectExtension` message. */
  async claim(message: OperationMessage): Promise<void> {
    const claim = readClaim(message);
    const { name, secret, isWellFormed } = claim;
    const { sources, refusals, logger } = this.services;
    this.session.holdDeadline();
    const key = RefusalDelays.key(this.authentication.principal?.subject ?? '', name);
    const configuration = isWellFormed ? await sources.configuration(name) : undefined;
    if (this.session.isEnded) return;
    const refusal = this.refusal(claim, configuration);
    if (refusal) {
      await this.refuse(key, refusal, name);
      return;
    }
    refusals.accepted(key);
    this.session.serve(
      sources.source(name),
      secret,
      operationText('configureExtension', name, { config: configuration }),
    );
    logger.log(`Source ${JSON.stringify(name)} is served by a connector`);
  }

  cancel(): void {
    this.waiting?.abort();
  }

  private refusal(
    { name, secret, isWellFormed }: ReturnType<typeof readClaim>,
    configuration: object | undefined,
  ): ClaimRefusal | undefined {
    if (!isWellFormed) return [400, 'badClaim', 'A claim names the resource "sources" and a source'];
    if (!mayServe(this.authentication.principal, name)) return [403, 'forbidden', MAY_NOT_SERVE];
    if (!configuration) return [404, 'unknownSource', 'There is no such source'];
    const { source } = this.session;
    if (source && source.name !== name) return [409, 'oneSource', 'This connection serves another source'];
    const live = this.services.sources.source(name).session;
    if (live && live !== this.session && !live.isEnded && !live.hasSecret(secret)) {
      return [409, 'alreadyServed', 'Another connector serves the source'];
    }
    return undefined;
  }

  private async refuse(key: string, [status, code, message]: ClaimRefusal, name: string): Promise<void> {
    const { counters, refusals, logger } = this.services;
    counters.refusedClaims += 1;
    const delay = refusals.refused(key);
    if (delay === undefined) {
      this.session.close(1013, 'Too many refused claims; try again later');
      return;
    }
    logger.debug(`A claim of source ${JSON.stringify(name.slice(0, 100))} is refused: ${message}`);
    this.waiting = new AbortController();
    await pause(delay, this.waiting.signal);
    refusals.answered(key);
    if (this.session.isEnded) return;
    this.session.send(refusalText(status, `millrace.hub.${code}`, message, [name]));
    // A connector that served the source and was asked to claim it anew has lost it.
    if (this.session.source) this.session.close(1012, 'The source is not served here any more');
    else this.session.awaitClaim();
  }
}

/** The longest name of a source. */
const MAX_NAME = 1024;

/** What a `connectExtension` message asks for. */
function readClaim(message: OperationMessage) {
  const name = textAt(message, 'resourceId') ?? '';
  return {
    name,
    secret: textAt(message.parameters, 'reconnectSecret'),
    /** Whether it names the resource and a source of possible length. */
    isWellFormed: message.resourceName === SOURCES_RESOURCE && name !== '' && name.length <= MAX_NAME,
  };
}
