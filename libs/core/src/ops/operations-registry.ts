import { Injectable } from '@nestjs/common';
import { type PartNotice, thrownText } from '@millrace/protocol';
import { gatherNotices } from './gather-notices.js';
import type { HealthReport, OperationsPart } from './operations-part.js';

/**
 * Health and metrics of all modules of one application. Each module adds its part in a constructor or in `onModuleInit`;
 * `@millrace/core/health` and `@millrace/core/metrics` read them.
 *
 * @publicApi
 */
@Injectable()
export class OperationsRegistry {
  private readonly added: OperationsPart[] = [];
  private readonly listeners: ((part: OperationsPart) => void)[] = [];

  /** Adds a part; one that several modules have in common is added once. */
  add(part: OperationsPart): void {
    if (this.added.includes(part)) return;
    this.added.push(part);
    for (const listener of this.listeners) listener(part);
  }

  get parts(): readonly OperationsPart[] {
    return this.added;
  }

  /** Calls back for every part there is, and for each that is added later. */
  forEach(listener: (part: OperationsPart) => void): void {
    for (const part of this.added) listener(part);
    this.listeners.push(listener);
  }

  /** The health of a part; what its check throws makes it `down`. */
  async healthOf(name: string): Promise<HealthReport> {
    const reporting = this.added.filter((part) => part.health !== undefined);
    const part = reporting.find((each) => each.name === name);
    if (!part?.health) {
      const known = reporting.map((each) => `"${each.name}"`);
      return down(`No module reports its health as "${name}"; known are ${known.join(', ') || 'none'}`);
    }
    return reportOf(part);
  }

  /** What is wrong or unsafe in all parts, the worst first. A part that is not well is named as well. */
  notices(): Promise<PartNotice[]> {
    return gatherNotices(this.added, reportOf);
  }
}

async function reportOf(part: OperationsPart): Promise<HealthReport> {
  try {
    return (await part.health?.()) ?? { status: 'up' };
  } catch (error) {
    return down(thrownText(error));
  }
}

function down(message: string): HealthReport {
  return { status: 'down', details: { message } };
}
