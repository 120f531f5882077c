import { MillraceError } from '@millrace/core/errors';
import type { StreamLimits } from '../stream-store.options.js';

/** How many names may be taken: in all, and by one principal. */
export type NameLimits = Pick<StreamLimits, 'maxStreams' | 'maxStreamsPerPrincipal'>;

/** @throws MillraceError `TOO_MANY_REQUESTS` when a store with some names may not have so many more */
export function assertRoomFor(fresh: number, taken: number, { maxStreams }: NameLimits): void {
  if (fresh === 0 || taken + fresh <= maxStreams) return;
  throw new MillraceError(
    'TOO_MANY_REQUESTS',
    `The store may have at most ${maxStreams} streams; delete one, or raise limits.maxStreams`,
  );
}

/** A principal has as many names as it may have. Short enough for the reason of a close frame. */
export function shareUsedUp({ maxStreamsPerPrincipal }: NameLimits): MillraceError {
  return new MillraceError(
    'TOO_MANY_REQUESTS',
    `One user may have at most ${maxStreamsPerPrincipal} streams; delete one, or raise limits.maxStreamsPerPrincipal`,
  );
}

/** Where owners are kept that outlive the process. Both are part of the transaction that the caller's turn makes. */
interface OwnerStorage {
  put(name: string, owner: string): void;
  remove(name: string): void;
}

/** The names that are taken in a store, by entries or by metadata, and by whom. */
export class StreamNames {
  private readonly owners = new Map<string, string | undefined>();
  private readonly shares = new Map<string, number>();

  constructor(
    private readonly limits: NameLimits,
    private readonly storage?: OwnerStorage,
  ) {}

  /**
   * @param owner who would own those that are not taken yet; undefined for the host's own code
   * @throws MillraceError `TOO_MANY_REQUESTS` when they may not all be taken
   */
  assertRoom(parts: readonly { readonly stream: string }[], owner: string | undefined): void {
    let fresh = 0;
    for (const { stream } of parts) if (!this.owners.has(stream)) fresh += 1;
    assertRoomFor(fresh, this.owners.size, this.limits);
    if (fresh > 0 && owner !== undefined && this.shareOf(owner) + fresh > this.limits.maxStreamsPerPrincipal)
      throw shareUsedUp(this.limits);
  }

  /** Takes a name; one that is taken stays with its owner. */
  take(name: string, owner: string | undefined): void {
    if (this.owners.has(name)) return;
    this.load(name, owner);
    if (owner !== undefined) this.storage?.put(name, owner);
  }

  /** Gives a name back. */
  release(name: string): void {
    if (this.forget(name) !== undefined) this.storage?.remove(name);
  }

  /** Takes a name over from the storage. */
  load(name: string, owner: string | undefined): void {
    if (this.owners.has(name)) return;
    this.owners.set(name, owner);
    if (owner !== undefined) this.shares.set(owner, this.shareOf(owner) + 1);
  }

  /** Forgets a name that did not reach the storage. @returns its owner */
  forget(name: string): string | undefined {
    const owner = this.owners.get(name);
    this.owners.delete(name);
    if (owner === undefined) return undefined;
    const left = this.shareOf(owner) - 1;
    if (left > 0) this.shares.set(owner, left);
    else this.shares.delete(owner);
    return owner;
  }

  private shareOf(owner: string): number {
    return this.shares.get(owner) ?? 0;
  }
}
