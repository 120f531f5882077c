import { Injectable } from '@nestjs/common';
import { type Notice, type PartNotice, thrownText } from '@millrace/protocol';
import { gatherNotices } from './gather-notices.js';
import type { MetricFamily } from './metric-family.js';

/** How a part of the application is. A check that throws counts as `down`, with the error's message. */
export interface HealthReport {
  /** `degraded`: it works, but not as it should. */
  readonly status: 'up' | 'degraded' | 'down';
  /** Figures and reasons, shown as they are. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What one module says of itself to those who operate the service. */
export interface OperationsPart {
  /** Key of its health, for example `streams`. */
  readonly name: string;
  health?(): HealthReport | Promise<HealthReport>;
  readonly metrics?: readonly MetricFamily[];
  /**
   * What is wrong or unsafe, in words for operators, each with its remedy. Called while somebody looks, every half a minute or so;
   * it holds no secrets.
   */
  notices?(): readonly Notice[] | Promise<readonly Notice[]>;
}

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
