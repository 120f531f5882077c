/** A log that was broken, and up to which of its commands the log founded after it goes on from there. */
export type Ancestor = readonly [epoch: string, count: number];

/** Nobody is away for longer than so many foundings. */
const MOST = 20;

export function writeAncestors(ancestors: readonly Ancestor[]): string {
  return JSON.stringify(ancestors.slice(-MOST));
}

export function readAncestors(text = '[]'): Ancestor[] {
  return JSON.parse(text) as Ancestor[];
}

/** Whether a log holds everything up to a command of another one. */
export function holds(ancestors: readonly Ancestor[], epoch: string, count: number): boolean {
  return ancestors.some(([name, upTo]) => name === epoch && upTo >= count);
}
