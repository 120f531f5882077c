/**
 * Does something so many times, at a pace in milliseconds or slower where it takes longer; the first time after a part of a step, so
 * that clients do not all come at once.
 */
export async function paced({ pace, times, part = 0 }, once) {
  let due = performance.now() + part * pace;
  for (let count = 0; count < times; count += 1) {
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    await once(count);
    due = Math.max(due + pace, performance.now());
  }
}
