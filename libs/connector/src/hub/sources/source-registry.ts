import { createHash } from 'node:crypto';
import type { SourceNotification } from '@millrace/protocol';
import type {
  Claimed,
  ClaimFault,
  DirectoryHost,
  ForeignRequest,
  SourceDirectory,
  SourceState,
} from '../directory/source-directory.js';
import { HubSource, type ServingSession } from './hub-source.js';

/** A claim whose answer is under way. */
interface PendingClaim {
  readonly source: string;
  readonly session: ServingSession;
  /** Number of the newest change of the document that was heard of meanwhile. */
  revision: number;
}

/** The sources that this instance has to do with, and what their directory wants of their sessions. */
export class SourceRegistry implements DirectoryHost {
  private readonly known = new Map<string, HubSource>();
  private readonly pending = new Set<PendingClaim>();

  constructor(
    private readonly directory: SourceDirectory,
    private readonly deliver: (notification: SourceNotification) => unknown,
  ) {}

  find(name: string): HubSource | undefined {
    return this.known.get(name);
  }

  /** Whether sessions may answer for the sources that they serve. */
  get isHeld(): boolean {
    return this.directory.isHeld;
  }

  has(name: string): Promise<boolean> {
    return this.directory.has(name);
  }

  /** Claims a source for a session. Where that succeeds the session has to serve it at once, unless it has ended. */
  async claim(name: string, session: ServingSession, secret: string | undefined): Promise<Claimed | ClaimFault> {
    const live = this.known.get(name)?.session;
    if (live?.isEnded) live.close(1012, 'The source was taken over by its connector');
    const claim: PendingClaim = { source: name, session, revision: 0 };
    this.pending.add(claim);
    const claimant = { session: session.id, secret: secret === undefined ? undefined : digest(secret) };
    /** Whether the session may have got what it is not going to serve. */
    let isLeft = true;
    try {
      for (let isAgain = false; ; isAgain = true) {
        const outcome = await this.directory.claim(name, claimant);
        if (typeof outcome === 'string') {
          isLeft = isAgain;
          return outcome;
        }
        if (outcome.revision < claim.revision) continue;
        isLeft = session.isEnded;
        return outcome;
      }
    } finally {
      this.pending.delete(claim);
      if (isLeft) this.directory.release(name, session.id);
    }
  }

  /** The source that a session has claimed. */
  claimed(name: string, { revision, delivered }: Claimed): HubSource {
    let source = this.known.get(name);
    if (!source) this.known.set(name, (source = new HubSource(name, this.directory, this.deliver)));
    source.revision = revision;
    source.deliveries.know(delivered);
    return source;
  }

  configured(name: string, revision: number): void {
    for (const claim of this.pending) if (claim.source === name) claim.revision = Math.max(claim.revision, revision);
    const source = this.known.get(name);
    if (source && source.revision < revision) source.session?.requireReconnect();
  }

  deleted(name: string, revision: number): void {
    this.configured(name, revision);
    if (!this.known.get(name)?.session) this.known.delete(name);
  }

  replaced(name: string, session: string): void {
    const live = this.known.get(name)?.session;
    const found = [live, ...[...this.pending].map((claim) => claim.session)].find((each) => each?.id === session);
    found?.close(1012, 'The source was taken over by its connector');
  }

  lapsed(): void {
    for (const { session } of [...this.known.values()]) session?.close(1013, NOT_HELD);
  }

  stateOf(name: string): SourceState {
    const { session, deliveries } = this.known.get(name) ?? {};
    return {
      session: session?.id,
      openQueries: session?.openQueries ?? 0,
      delivered: deliveries?.delivered ?? [],
    };
  }

  /** What this instance has done for a source, since it was started. */
  figuresOf(name: string): SourceFigures {
    const { serving, counters = { notifications: 0, publishes: 0, queries: 0 } } = this.known.get(name) ?? {};
    return { isServed: serving !== undefined, ...counters };
  }

  handle(name: string, request: ForeignRequest): boolean {
    const source = this.known.get(name);
    const session = source?.serving;
    if (!source || !session) return false;
    if (request.kind === 'reconnect') session.requireReconnect();
    else if (request.kind === 'publish') {
      session.publish(name, request.text);
      source.count('publishes');
    } else {
      session.query(name, request);
      source.count('queries');
    }
    return true;
  }
}

export interface SourceFigures {
  readonly isServed: boolean;
  readonly notifications: number;
  readonly publishes: number;
  readonly queries: number;
}

/** Why a session ends whose instance has lost its sources. */
export const NOT_HELD = 'The hub lost its hold on the source; try again';

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
