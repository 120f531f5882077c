import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs the connects and closes of one source one after the other. */
export class LifecycleSteps {
  private chain: Promise<void> = Promise.resolve();
  /** Tells calls that come out of a connect or close handler. */
  private readonly current = new AsyncLocalStorage<{ running: boolean }>();

  /** Appends a step. */
  append(step: () => Promise<void>): void {
    this.chain = this.chain.then(step);
  }

  /** Runs a handler as part of the current step. */
  async run(handler: () => unknown): Promise<void> {
    const step = { running: true };
    try {
      await this.current.run(step, handler);
    } finally {
      step.running = false;
    }
  }

  /** Resolves when all steps have ended; at once within one of them, which would wait for itself. */
  ended(): Promise<void> {
    return this.current.getStore()?.running ? Promise.resolve() : this.chain;
  }
}
