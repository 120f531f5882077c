import { timingSafeEqual } from 'node:crypto';
import type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
import type { SourceConfiguration, SourceStore } from '../../api/source-store.port.js';
import { ExpectedClaim } from './expected-claim.js';
import { LocalRecords } from './local-records.js';
import {
  type Asked,
  type Claimant,
  type Claimed,
  type ClaimFault,
  type DirectoryHost,
  type DirectorySettings,
  type SourceChange,
  SourceDirectory,
} from './source-directory.js';

/** Which session has a source. */
interface Holder extends Claimant {
  /** It was asked to claim anew, and has not done so yet. */
  reclaiming: boolean;
}

/** The sources of one instance, in the process: their documents are in any store. */
export class LocalDirectory extends SourceDirectory {
  override readonly isHeld = true;
  override readonly instances = undefined;
  private readonly holders = new Map<string, Holder>();
  private readonly expected = new Map<string, ExpectedClaim>();
  private readonly records: LocalRecords;
  private host: DirectoryHost | undefined;
  /** Changes of documents so far. */
  private changes = 0;

  constructor(
    private readonly store: SourceStore,
    private readonly settings: DirectorySettings,
  ) {
    super();
    this.records = new LocalRecords(settings);
  }

  override async join(host: DirectoryHost): Promise<void> {
    this.host = host;
  }

  override async createMissing(sources: Readonly<Record<string, SourceConfiguration>>): Promise<void> {
    for (const [name, configuration] of Object.entries(sources)) {
      if (!(await this.store.get(name))) await this.store.put(name, configuration);
    }
  }

  override async configure(source: string, configuration: SourceConfiguration): Promise<void> {
    await this.store.put(source, configuration);
    this.host?.configured(source, (this.changes += 1));
  }

  override async delete(source: string): Promise<boolean> {
    const existed = await this.store.delete(source);
    this.host?.deleted(source, (this.changes += 1));
    this.expectNothing(source);
    this.records.delete(source);
    return existed;
  }

  override async has(source: string): Promise<boolean> {
    return (await this.store.get(source)) !== undefined;
  }

  override async claim(source: string, claimant: Claimant): Promise<Claimed | ClaimFault> {
    const configuration = await this.read(source);
    if (!configuration) return 'unknown';
    const holder = this.holders.get(source);
    if (holder && holder.session !== claimant.session && !fits(holder, claimant)) return 'served';
    if (holder?.session !== claimant.session) this.records.claimed(source);
    this.holders.set(source, { ...claimant, reclaiming: false });
    this.records.turned(source);
    return { configuration, revision: this.changes, delivered: [] };
  }

  override served(source: string): void {
    this.expectNothing(source);
  }

  override release(source: string, session: string): void {
    if (this.holders.get(source)?.session !== session) return;
    this.holders.delete(source);
    this.records.turned(source);
  }

  override expectClaim(source: string, session: string): void {
    const holder = this.holders.get(source);
    if (holder?.session !== session) return;
    holder.reclaiming = true;
    this.expectNothing(source);
    this.expected.set(source, new ExpectedClaim(this.settings.reclaimWait, () => this.expected.delete(source)));
  }

  override async ask(source: string): Promise<Asked> {
    await this.expected.get(source)?.over;
    if (this.holders.get(source)?.reclaiming === false) return 'here';
    return (await this.has(source)) ? 'none' : 'unknown';
  }

  override note(source: string, change: SourceChange): void {
    this.records.note(source, change);
  }

  override async list(): Promise<HubSourceStatus[]> {
    return (await this.store.names()).map((name) => this.statusOf(name));
  }

  override async describe(source: string): Promise<HubSourceDetails | undefined> {
    const configuration = await this.store.get(source);
    return configuration && { ...this.statusOf(source), configuration };
  }

  override async newest(source: string, count: number): Promise<readonly SourceNotification[]> {
    return this.records.newest(source, count);
  }

  /** The document of a source, and not one that was replaced while it was read. */
  private async read(source: string): Promise<SourceConfiguration | undefined> {
    for (;;) {
      const { changes } = this;
      const found = await this.store.get(source);
      if (changes === this.changes) return found;
    }
  }

  private statusOf(name: string): HubSourceStatus {
    const holder = this.holders.get(name);
    return {
      name,
      state: holder ? (holder.reclaiming ? 'reconnecting' : 'connected') : 'disconnected',
      openQueries: this.host?.stateOf(name).openQueries ?? 0,
      ...this.records.read(name),
    };
  }

  private expectNothing(source: string): void {
    this.expected.get(source)?.end();
    this.expected.delete(source);
  }
}

/** Compares in constant time; an absent secret fits nothing. */
function fits(holder: Claimant, claimant: Claimant): boolean {
  return (
    holder.secret !== undefined && claimant.secret !== undefined && timingSafeEqual(holder.secret, claimant.secret)
  );
}
