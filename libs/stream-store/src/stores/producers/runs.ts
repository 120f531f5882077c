import { formatId, type EntryId, type IdParts } from '@millrace/protocol';

/** Entries of a producer whose IDs follow each other. */
export interface Run {
  /** Number of the first one. */
  readonly sequence: number;
  readonly entries: number;
  /** ID of the first one. */
  readonly id: IdParts;
}

/** The entries of an append as runs: one, unless the numbers of a millisecond end in between. */
export function runsOf(sequence: number, ids: readonly IdParts[]): Run[] {
  const [first] = ids;
  const last = ids.at(-1);
  if (!first || !last) return [];
  const { length } = ids;
  if (last.ms === first.ms && last.seq === first.seq + BigInt(length - 1))
    return [{ sequence, entries: length, id: first }];
  const runs: Run[] = [];
  ids.forEach((id, index) => {
    const last = runs.at(-1);
    const longer = last && extended(last, { sequence: sequence + index, entries: 1, id });
    if (longer) runs[runs.length - 1] = longer;
    else runs.push({ sequence: sequence + index, entries: 1, id });
  });
  return runs;
}

/** Both as one; undefined where the second does not go on where the first ends. */
export function extended(first: Run, { sequence, entries, id }: Run): Run | undefined {
  const isNext =
    id.ms === first.id.ms &&
    id.seq === first.id.seq + BigInt(first.entries) &&
    sequence === first.sequence + first.entries;
  return isNext ? { ...first, entries: first.entries + entries } : undefined;
}

/** IDs of the entries from one number up to another, which is left out; undefined where one of them is not known. */
export function idsIn(runs: Iterable<Run>, from: number, to: number): EntryId[] | undefined {
  const ids = new Map<number, EntryId>();
  for (const { sequence, entries, id } of runs) {
    const end = Math.min(to, sequence + entries);
    for (let number = Math.max(from, sequence); number < end; number += 1)
      ids.set(number, formatId({ ms: id.ms, seq: id.seq + BigInt(number - sequence) }));
  }
  const found = Array.from({ length: to - from }, (_unused, index) => ids.get(from + index));
  return found.every((id) => id !== undefined) ? found : undefined;
}
