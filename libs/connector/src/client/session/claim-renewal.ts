import { pause } from '@millrace/protocol';
import type { ServiceParts, ServicePeriods } from './service-periods.js';
import type { SourceSession } from './source-session.js';

/** How long acknowledgements may be outstanding before a new claim on the same socket, in milliseconds. */
const ACKNOWLEDGEMENT_DEADLINE = 2000;
/** Least time between two new claims that a hub asks for, in milliseconds; hubs wait 10 s for one. */
const LEAST_INTERVAL = 1000;

/** Claims a source anew when the hub asks for it by `reconnectRequired` (connector§4.6). */
export class ClaimRenewal {
  /** When the hub last asked for a new claim, and got it. */
  private claimedAt = -Infinity;

  constructor(
    private readonly periods: ServicePeriods,
    private readonly parts: ServiceParts,
  ) {}

  /** Ends the service, and claims on the same socket once everything sent is acknowledged. */
  async begin(session: SourceSession): Promise<void> {
    if (!this.periods.isOpen) return;
    const { sender, handlers, loop, logger } = this.parts;
    logger.log('The hub asks for a new claim');
    sender.pause();
    this.periods.finish();
    // Publishes are held back until the new configuration has been read, so they cannot make room for it.
    handlers.publishes.readOn();
    const settled = await this.settled(session);
    if (!session.isOpen) return;
    if (settled) {
      this.claimedAt = performance.now();
      session.link.claim();
      return;
    }
    // A status of the claim could not be distinguished from an acknowledgement: start on a new socket.
    loop.comeBackAtOnce();
    session.link.close();
  }

  /** Waits until a new claim may be sent. Answers whether everything sent before is acknowledged. */
  private async settled(session: SourceSession): Promise<boolean> {
    const due = this.claimedAt + LEAST_INTERVAL - performance.now();
    // A hub that asks again after each claim would be answered by a storm of them.
    if (due > 0) await pause(due, session.signal);
    return session.settled(ACKNOWLEDGEMENT_DEADLINE);
  }
}
