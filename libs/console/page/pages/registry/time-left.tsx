import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { span } from '../../parts/formats/format.js';

/** The time by the browser's steady clock, in milliseconds, while something counts down. */
const now = signal(performance.now());
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Lets the time go on while a component is there: one timer for all of them. */
function useTime(): number {
  useEffect(() => {
    users += 1;
    timer ??= setInterval(() => (now.value = performance.now()), 500);
    return () => {
      users -= 1;
      if (users > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return now.value;
}

/** Counts down. @param until by `performance.now()` */
export function TimeLeft({ until }: { readonly until: number }) {
  const left = Math.max(0, until - useTime());
  return <>{left > 0 ? span(left) : 'due'}</>;
}
