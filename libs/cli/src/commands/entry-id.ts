/** An entry ID in parts: milliseconds and sequence, each up to 64 bits. */
export function readId(id: string): readonly [milliseconds: bigint, sequence: bigint] | undefined {
  const [, milliseconds, sequence = '0'] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(id) ?? [];
  return milliseconds === undefined ? undefined : [BigInt(milliseconds), BigInt(sequence)];
}

/** Milliseconds of an entry ID. */
export function millisecondsOf(id: string): number {
  return Number(readId(id)?.[0] ?? 0n);
}
