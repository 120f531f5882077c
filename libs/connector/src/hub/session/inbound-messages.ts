import type { FlowGate } from '@millrace/core/sockets';

/** Messages kept during a step; then reading waits. */
const MAX_KEPT = 64;
/** Bytes of them: a client that has not authenticated yet must not fill the memory. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** Where the messages of a socket go. */
export interface InboundTarget {
  readonly isEnded: boolean;
  handle(data: Buffer): void;
  failed(error: unknown): void;
}

/** The messages of a client in their order: those that come during an authentication or claim wait for its end. */
export class InboundMessages {
  private busy = false;
  private kept: Buffer[] = [];
  private keptBytes = 0;

  constructor(
    private readonly target: InboundTarget,
    private readonly gate: Pick<FlowGate, 'hold' | 'release' | 'taken'>,
  ) {}

  receive(data: Buffer): void {
    if (!this.busy) {
      this.target.handle(data);
      return;
    }
    this.kept.push(data);
    this.keptBytes += data.length;
    if (this.kept.length >= MAX_KEPT || this.keptBytes >= MAX_KEPT_BYTES) this.gate.hold('opening');
  }

  /** Runs one step; messages that come meanwhile are handled after it. */
  during(step: () => Promise<void>): void {
    this.busy = true;
    step()
      // What has been read already would be answered however little the client takes.
      .then(() => this.gate.taken())
      .catch((error: unknown) => this.target.failed(error))
      .finally(() => this.goOn());
  }

  /** Forgets what is kept. */
  clear(): void {
    this.kept = [];
  }

  private goOn(): void {
    this.busy = false;
    const waiting = this.kept;
    this.kept = [];
    this.keptBytes = 0;
    this.gate.release('opening');
    for (const data of waiting) {
      if (this.target.isEnded) return;
      // One of them may begin the next step.
      this.receive(data);
    }
  }
}
