import type { Notice } from '@millrace/protocol';
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
