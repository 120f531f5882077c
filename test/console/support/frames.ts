import type { Page } from 'playwright-core';

/** The longest time between two frames of a page, in milliseconds, of those of the next so many milliseconds. */
export function longestFrame(page: Page, during: number): Promise<number> {
  return page.evaluate(
    (span) =>
      new Promise<number>((resolve) => {
        const frames = globalThis as unknown as { requestAnimationFrame(call: (now: number) => void): void };
        const end = performance.now() + span;
        let longest = 0;
        let before: number | undefined;
        const next = (now: number): void => {
          if (before !== undefined) longest = Math.max(longest, now - before);
          before = now;
          if (now < end) frames.requestAnimationFrame(next);
          else resolve(longest);
        };
        frames.requestAnimationFrame(next);
      }),
    during,
  );
}
