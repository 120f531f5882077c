/** An entry ID in parts: milliseconds and sequence, each up to 64 bits. */
export function readId(id: string): readonly [milliseconds: bigint, sequence: bigint] | undefined {
  const [, milliseconds, sequence = '0'] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(id) ?? [];
  return milliseconds === undefined ? undefined : [BigInt(milliseconds), BigInt(sequence)];
}

/** Whether an entry ID is at or behind another; what is no ID is not. */
export function isAtOrBehind(id: string, other: string): boolean {
  const one = readId(id);
  const two = readId(other);
  if (!one || !two) return false;
  return one[0] === two[0] ? one[1] >= two[1] : one[0] > two[0];
}

/** Milliseconds of an entry ID. */
export function millisecondsOf(id: string): number {
  return Number(readId(id)?.[0] ?? 0n);
}
