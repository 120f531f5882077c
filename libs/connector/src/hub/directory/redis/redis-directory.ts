import { randomUUID } from 'node:crypto';
import type { RedisConnections } from '@millrace/core/redis';
import { type HubSourceDetails, type HubSourceStatus, pause, type SourceNotification } from '@millrace/protocol';
import type { SourceConfiguration } from '../../../api/source-store.port.js';
import { hubError } from '../../queries/hub-errors.js';
import { isUnicode } from '../../sources/source-text.js';
import {
  type Asked,
  type Claimant,
  type Claimed,
  type ClaimFault,
  type DirectoryHost,
  type DirectorySettings,
  type SourceChange,
  SourceDirectory,
  type SourceRequest,
} from '../source-directory.js';
import { Asks } from './asks.js';
import { Inbox } from './mail/inbox.js';
import { InstanceCalls } from './instance-calls.js';
import { NO_DATA } from './mail/letters.js';
import { Membership } from './membership.js';
import { sourceNeeds } from './needs.js';
import { Outbox } from './mail/outbox.js';
import { DESCRIBE_SOURCE, LIST } from './record-scripts.js';
import { RecordWriter } from './record-writer.js';
import type { RedisDocuments } from './redis-documents.js';
import { Releases } from './releases.js';
import { type ColumnsReply, SourceColumns } from './source-columns.js';
import { CLAIM, EXPECT, keptKey, sourceKeys, type SourceKeys } from './source-scripts.js';

/** Pause before it is looked again for a source whose session was just asked to claim it anew, in milliseconds. */
const AGAIN_MS = 20;
/** How long a shutdown waits until the others have been told, in milliseconds. */
const FAREWELL_MS = 1000;

/** What the parts of a directory work with. */
export interface RedisPlace {
  readonly redis: RedisConnections<'commands' | 'sources-inbox'>;
  readonly key: SourceKeys;
  readonly documents: RedisDocuments;
  /** How long an instance may be cut off from Redis before its sources are free, in milliseconds. */
  readonly lease: number;
  /** How long another instance may take to answer, in milliseconds. */
  readonly answerTimeout: number;
}

/** The sources of several instances, in one Redis. What they want of each other goes through it too. */
export class RedisDirectory extends SourceDirectory {
  private readonly keys: readonly string[];
  private readonly asks: Asks;
  private readonly membership: Membership;
  private readonly releases: Releases;
  private readonly outbox: Outbox;
  private readonly inbox: Inbox;
  private readonly writer: RecordWriter;
  private host: DirectoryHost | undefined;
  private calls: InstanceCalls | undefined;

  constructor(
    private readonly place: RedisPlace,
    private readonly settings: DirectorySettings,
  ) {
    super();
    const { redis, key, lease } = place;
    this.keys = sourceKeys(key);
    this.releases = new Releases(redis, this.keys);
    this.membership = new Membership(redis, this.keys, lease, {
      beat: (instances) => {
        this.calls?.beat(instances);
        this.releases.retry();
      },
      lapsed: () => {
        this.releases.forget();
        this.calls?.endAll();
        this.host?.lapsed();
      },
    });
    this.outbox = new Outbox(redis, key, this.membership, (instance) => this.calls?.gone(instance));
    this.inbox = new Inbox(redis, key, this.membership, (letter, age) => this.calls?.take(letter, age));
    this.asks = new Asks(this.outbox, this.membership);
    this.writer = new RecordWriter(redis, key, settings, (source) => this.stateOf(source));
  }

  override get isHeld(): boolean {
    return this.membership.isHeld;
  }

  override get instances(): number {
    return this.membership.size;
  }

  override async join(host: DirectoryHost): Promise<void> {
    this.host = host;
    this.calls = new InstanceCalls(this.settings, host, this.membership, this.outbox);
    await this.place.redis.ready(sourceNeeds(this.keys));
    await this.membership.join();
    this.inbox.open();
  }

  /** Gives all sources back, and takes nothing more. The connections are closed by those who opened them. */
  async close(): Promise<void> {
    if (!this.host) return;
    this.inbox.stop();
    this.calls?.endAll();
    await Promise.race([
      Promise.all([this.writer.flush().catch(() => undefined), this.outbox.idle()]),
      pause(FAREWELL_MS),
    ]);
    this.writer.close();
    await this.membership.leave();
  }

  /** Resolves when nothing reads any more, behind the end of the connections. */
  ended(): Promise<void> {
    return this.inbox.ended();
  }

  override async createMissing(sources: Readonly<Record<string, SourceConfiguration>>): Promise<void> {
    const { documents } = this.place;
    for (const [name, configuration] of Object.entries(sources)) await documents.put(name, configuration, '', true);
  }

  override async configure(source: string, configuration: SourceConfiguration): Promise<void> {
    const change = await this.place.documents.put(source, configuration, this.membership.id);
    this.host?.configured(source, change);
  }

  override async delete(source: string): Promise<boolean> {
    const [existed, change] = await this.place.documents.delete(source, this.membership.id);
    this.host?.deleted(source, change);
    return existed;
  }

  override has(source: string): Promise<boolean> {
    return this.place.documents.has(source);
  }

  override async claim(source: string, { session, secret }: Claimant): Promise<Claimed | ClaimFault> {
    if (!isUnicode(source)) return 'unknown';
    const { id } = this.membership;
    const reply = await this.script(CLAIM, source, this.isHeld ? id : '', session, secret?.toString('base64url') ?? '');
    const [outcome, document = '', revision, marks = '[]'] = reply as [string, string?, string?, string?];
    if (outcome === 'unknown' || outcome === 'served') return outcome;
    if (outcome !== 'claimed' || this.membership.id !== id) throw this.membership.missing();
    const delivered = JSON.parse(marks) as [string, string][];
    return {
      configuration: this.place.documents.read(source, document),
      revision: Number(revision),
      delivered: delivered.map(([epoch, number]) => [epoch, Number(number)]),
    };
  }

  override served(source: string): void {
    this.asks.served(source);
  }

  override release(source: string, session: string): void {
    this.releases.add(source, session);
  }

  override expectClaim(source: string, session: string): void {
    // Where Redis is away those who ask learn that from itself.
    this.script(EXPECT, source, session, this.settings.reclaimWait).catch(() => undefined);
  }

  override async ask(source: string, request: SourceRequest): Promise<Asked> {
    if (!isUnicode(source)) return 'unknown';
    const end = performance.now() + this.settings.reclaimWait;
    for (;;) {
      const asked = await this.askOnce(source, request);
      if (asked !== 'again') return asked;
      // Its session was just asked to claim it anew, which Redis may not know yet.
      if (performance.now() > end) return 'none';
      await pause(AGAIN_MS);
    }
  }

  override note(source: string, change: SourceChange): void {
    this.writer.note(source, change);
  }

  override async list(): Promise<HubSourceStatus[]> {
    await this.writer.flush();
    const [names, ...columns] = (await this.script(LIST)) as [string[], ...ColumnsReply];
    const known = new SourceColumns(columns);
    return names.sort().map((name) => known.statusOf(name));
  }

  override async describe(source: string): Promise<HubSourceDetails | undefined> {
    if (!isUnicode(source)) return undefined;
    await this.writer.flush();
    const reply = (await this.script(DESCRIBE_SOURCE, source)) as [string, ...ColumnsReply] | null;
    if (!reply) return undefined;
    const [document, ...columns] = reply;
    return {
      ...new SourceColumns(columns).statusOf(source),
      configuration: this.place.documents.read(source, document),
    };
  }

  override async newest(source: string, count: number): Promise<readonly SourceNotification[]> {
    if (count <= 0 || !isUnicode(source)) return [];
    await this.writer.flush();
    const { redis, key } = this.place;
    const entries = await redis.run((client) => client.lrange(keptKey(key, source), -count, -1));
    return entries.map((entry) => JSON.parse(entry.slice(entry.indexOf(':') + 1)) as SourceNotification);
  }

  private async askOnce(source: string, request: SourceRequest): Promise<Asked | 'again'> {
    const { calls } = this;
    if (!calls) throw this.membership.missing();
    const data = request.kind === 'reconnect' ? NO_DATA : Buffer.from(request.text());
    const bytes = data.length;
    const { maxMessageBytes } = this.settings;
    const isTooLarge = bytes > maxMessageBytes;
    const id = request.kind === 'query' ? request.address : randomUUID();
    const timeout = request.kind === 'query' ? request.timeout : Infinity;
    const { answerTimeout } = this.place;
    const wait = Math.min(answerTimeout, timeout);
    const more = { id, source, wait, ...(Number.isFinite(timeout) && { timeout }) };
    const { place, asked } = await this.asks.ask(source, {
      letter: (from) => (isTooLarge ? undefined : { message: { kind: request.kind, from, ...more }, data }),
      bytes,
      begin: () => (isTooLarge ? undefined : calls.begin(id, source, request, answerTimeout)),
    });
    if (place === 'full') throw hubError('overloaded', source);
    if (place !== 'there') return place;
    if (isTooLarge || !asked) throw hubError('messageTooLarge', source, bytes, maxMessageBytes);
    return (await asked.answer) ? 'done' : 'again';
  }

  private stateOf(source: string): ReturnType<DirectoryHost['stateOf']> {
    return this.host?.stateOf(source) ?? { session: undefined, openQueries: 0, delivered: [] };
  }

  private script(script: string, ...rest: (string | number)[]): Promise<unknown> {
    return this.place.redis.run((client) => client.eval(script, this.keys.length, ...this.keys, ...rest));
  }
}
