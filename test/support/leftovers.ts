type End = () => Promise<unknown>;

const suite = globalThis as { millraceLeftovers?: Set<End> };

/**
 * Lets something that a test has started end with its suite at the latest, by tools/suite-environment.mjs: a test that fails does
 * not come to the line that would end it, and servers would stay until somebody finds them.
 *
 * @returns to be called when it has ended
 */
export function endWithSuite(end: End): () => void {
  const leftovers = (suite.millraceLeftovers ??= new Set());
  leftovers.add(end);
  return () => leftovers.delete(end);
}
