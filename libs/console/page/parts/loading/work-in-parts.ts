/** Lets the browser draw and hear the user before work goes on; unlike a timer it is not slowed down in a page that is not seen. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Milliseconds of work before the browser may draw. */
const LONGEST_WORK = 8;

/**
 * Work on many things, in parts that are short enough for the browser to draw between them.
 *
 * @example
 * ```ts
 * const work = new WorkInParts();
 * for await (const entry of entries) {
 *   take(entry);
 *   if (work.isLong) await work.rest();
 * }
 * ```
 */
export class WorkInParts {
  private since = performance.now();

  /** Whether the part under way has lasted long enough. */
  get isLong(): boolean {
    return performance.now() - this.since > LONGEST_WORK;
  }

  /** Ends the part under way; the next one begins when this resolves. */
  async rest(): Promise<void> {
    await nextTask();
    this.since = performance.now();
  }
}
