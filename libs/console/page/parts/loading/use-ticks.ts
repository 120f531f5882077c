import { useEffect, useState } from 'preact/hooks';

/**
 * Draws the component anew, so many milliseconds after it was drawn last, and only while the page is seen.
 *
 * @param every undefined: not at all
 */
export function useTicks(every: number | undefined): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (every === undefined) return undefined;
    let last = 0;
    let frame = requestAnimationFrame(function next(now) {
      // A frame comes a little early or late, and the next one would be a whole frame late.
      if (now - last >= every - 8) {
        last = now;
        tick((before) => before + 1);
      }
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [every]);
}
