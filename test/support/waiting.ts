/** What a condition that never holds costs, in milliseconds: less than a test has, and far more than a slow machine needs. */
const PATIENCE = 60_000;

/** Waits until a condition holds; fails after a deadline with a text that says what was missing. */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  { deadline = PATIENCE, pause = 10 }: { deadline?: number; pause?: number } = {},
): Promise<NonNullable<T>> {
  const end = performance.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`Waited ${deadline} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
