import type { Points } from './thin-out.js';

/** Lines on one axis of time. */
export interface JoinedLines {
  readonly times: readonly number[];
  /** One list a line; undefined where it has no point at a time. */
  readonly values: readonly (readonly (number | null | undefined)[])[];
}

/** Puts lines whose points have times of their own on one axis. Of several points of a line at one time the last is taken. */
export function joinLines(lines: readonly Points[]): JoinedLines {
  if (lines.length === 1) return { times: lines[0]!.times, values: [lines[0]!.values] };
  const all = Float64Array.from(lines.flatMap(({ times }) => times)).sort();
  const times = Array.from(all.filter((time, place) => place === 0 || time !== all[place - 1]));
  const values = lines.map((line) => {
    const joined = new Array<number | null | undefined>(times.length).fill(undefined);
    let place = 0;
    for (const [at, time] of line.times.entries()) {
      while (times[place]! < time) place += 1;
      joined[place] = line.values[at]!;
    }
    return joined;
  });
  return { times, values };
}
