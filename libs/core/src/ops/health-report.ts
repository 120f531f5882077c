/** How a part of the application is. A check that throws counts as `down`, with the error's message. */
export interface HealthReport {
  /** `degraded`: it works, but not as it should. */
  readonly status: 'up' | 'degraded' | 'down';
  /** Figures and reasons, shown as they are. */
  readonly details?: Readonly<Record<string, unknown>>;
}
