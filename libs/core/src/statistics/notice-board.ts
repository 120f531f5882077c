import type { PartNotice } from '@millrace/protocol';
import { Injectable } from '@nestjs/common';
import { OperationsRegistry } from '../ops/operations-registry.js';

/** Who asks gets what is not older, in milliseconds: some parts ask Redis or write to the disk to know. */
const MOST_AGE = 10_000;
/** The same while somebody only watches. */
const WATCHED_AGE = 30_000;

/** The notices of all parts, asked for while somebody looks. */
@Injectable()
export class NoticeBoard {
  /** As they were found last. */
  notices: readonly PartNotice[] = [];
  private text = '[]';
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;
  /** Counts the changes. */
  version = 0;

  constructor(private readonly operations: OperationsRegistry) {}

  /** Sees to it that they are of now. */
  async refresh(age = MOST_AGE): Promise<void> {
    if (performance.now() - this.readAt < age) return;
    // Those who ask at the same time share one look.
    await (this.reading ??= this.read().finally(() => (this.reading = undefined)));
  }

  /** The same for those who only watch: what is found is told with a later sample. */
  refreshLater(): void {
    void this.refresh(WATCHED_AGE);
  }

  private async read(): Promise<void> {
    const found = await this.operations.notices();
    this.readAt = performance.now();
    const text = JSON.stringify(found);
    if (text === this.text) return;
    this.text = text;
    this.notices = found;
    this.version += 1;
  }
}
