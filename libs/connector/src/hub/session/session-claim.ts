import { pause } from '@millrace/protocol';
import { type OperationMessage, textAt } from '../../protocol/messages.js';
import type { Claimed, ClaimFault } from '../directory/source-directory.js';
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
    const { name, secret } = claim;
    const { sources, refusals, logger } = this.services;
    this.session.holdDeadline();
    const key = RefusalDelays.key(this.authentication.principal?.subject ?? '', name);
    const outcome = (await this.refusal(claim)) ?? (await sources.claim(name, this.session, secret));
    if (this.session.isEnded) return;
    if (typeof outcome === 'string' || isRefusal(outcome)) {
      await this.refuse(key, typeof outcome === 'string' ? FAULTS[outcome] : outcome, name);
      return;
    }
    refusals.accepted(key);
    const { configuration: config } = outcome;
    this.session.serve(sources.claimed(name, outcome), operationText('configureExtension', name, { config }));
    logger.log(`Source ${JSON.stringify(name)} is served by a connector`);
  }

  cancel(): void {
    this.waiting?.abort();
  }

  /** What keeps this session from a source, whichever session has it. */
  private async refusal({ name, isWellFormed }: ReturnType<typeof readClaim>): Promise<ClaimRefusal | undefined> {
    if (!isWellFormed) return [400, 'badClaim', 'A claim names the resource "sources" and a source'];
    if (!mayServe(this.authentication.principal, name)) return [403, 'forbidden', MAY_NOT_SERVE];
    const { source } = this.session;
    if (!source || source.name === name) return undefined;
    if (!(await this.services.sources.has(name))) return FAULTS.unknown;
    return [409, 'oneSource', 'This connection serves another source'];
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

const FAULTS: Readonly<Record<ClaimFault, ClaimRefusal>> = {
  unknown: [404, 'unknownSource', 'There is no such source'],
  served: [409, 'alreadyServed', 'Another connector serves the source'],
};

function isRefusal(outcome: ClaimRefusal | Claimed): outcome is ClaimRefusal {
  return Array.isArray(outcome);
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
