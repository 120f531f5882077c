import { TestEnvironment } from 'jest-environment-node';

/** How long one of them may take, in milliseconds: a test may have left it unable to end. */
const PATIENCE = 10_000;

/** Ends what a suite has started and not ended, since a test or a step of its tear-down has failed: test/support/leftovers.ts. */
export default class SuiteEnvironment extends TestEnvironment {
  async teardown() {
    // The latest first, as each may use what was there before it.
    for (const end of [...(this.global.millraceLeftovers ?? [])].reverse()) {
      const late = new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
      await Promise.race([end(), late]).catch(() => undefined);
    }
    await super.teardown();
  }
}
