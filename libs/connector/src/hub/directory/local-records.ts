import type { HubSourceStatus, SourceNotification } from '@millrace/protocol';
import type { DirectorySettings, SourceChange } from './source-directory.js';

/** What is kept of one source. */
class LocalRecord {
  since = Date.now();
  /** Sessions that have got the source. */
  claims = 0;
  lastError: { readonly message: string; readonly at: number } | undefined;
  readonly counters = { notifications: 0, publishes: 0, queries: 0 };
  readonly kept: { readonly notification: SourceNotification; readonly bytes: number }[] = [];
  keptBytes = 0;
}

/** What is known of sources beside their documents, in the process. */
export class LocalRecords {
  private readonly records = new Map<string, LocalRecord>();
  private readonly startedAt = Date.now();

  constructor(private readonly settings: DirectorySettings) {}

  /** A source got or lost its connector. */
  turned(source: string): void {
    this.record(source).since = Date.now();
  }

  /** A session has got the source that did not have it before. */
  claimed(source: string): void {
    this.record(source).claims += 1;
  }

  note(source: string, change: SourceChange): void {
    if ('changed' in change) return;
    const record = this.record(source);
    if ('error' in change) record.lastError = { message: change.error, at: Date.now() };
    else if ('counted' in change) record.counters[change.counted] += 1;
    else {
      record.counters.notifications += 1;
      this.keep(record, change.notification, change.bytes);
    }
  }

  read(source: string): Omit<HubSourceStatus, 'name' | 'state' | 'openQueries'> {
    const { since = this.startedAt, claims = 0, lastError, counters } = this.records.get(source) ?? {};
    return {
      since,
      ...(lastError && { lastError: lastError.message, lastErrorAt: lastError.at }),
      reconnects: Math.max(0, claims - 1),
      ...(counters ?? { notifications: 0, publishes: 0, queries: 0 }),
    };
  }

  newest(source: string, count: number): readonly SourceNotification[] {
    const kept = this.records.get(source)?.kept ?? [];
    return count <= 0 ? [] : kept.slice(-count).map(({ notification }) => notification);
  }

  delete(source: string): void {
    this.records.delete(source);
  }

  private record(source: string): LocalRecord {
    let record = this.records.get(source);
    if (!record) this.records.set(source, (record = Object.assign(new LocalRecord(), { since: this.startedAt })));
    return record;
  }

  private keep(record: LocalRecord, notification: SourceNotification, bytes: number): void {
    const { keepNotifications, keepNotificationBytes } = this.settings;
    if (keepNotifications === 0) return;
    record.kept.push({ notification, bytes });
    record.keptBytes += bytes;
    while (record.kept.length > keepNotifications || record.keptBytes > keepNotificationBytes) {
      record.keptBytes -= record.kept.shift()?.bytes ?? 0;
    }
  }
}
