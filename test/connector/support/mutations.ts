/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Odd values that take the place of a member. */
const ODD = [
  'null',
  '-1',
  '1e400',
  '""',
  '[]',
  '{}',
  'true',
  '"\\u0000"',
  '{"__proto__":{}}',
  '"constructor"',
  '200.5',
];

/** Gives good messages spoilt in one of several ways: bytes, lengths, members, nesting. */
export function mutations(seeds: readonly Buffer[], random: () => number): () => Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const ways: ((seed: Buffer) => Buffer)[] = [
    (seed) => {
      const spoilt = Buffer.from(seed);
      for (let each = 0; each <= below(4); each += 1) spoilt[below(spoilt.length)] = below(256);
      return spoilt;
    },
    (seed) => seed.subarray(0, below(seed.length)),
    (seed) => Buffer.concat([seed, pick(seeds)]),
    (seed) => {
      const at = below(seed.length);
      return Buffer.concat([seed.subarray(0, at), pick(seeds).subarray(0, below(20)), seed.subarray(at)]);
    },
    (seed) => {
      const message = JSON.parse(seed.toString()) as Record<string, unknown>;
      const name = pick(Object.keys(message));
      const members = Object.entries(message).map(([each, value]) =>
        each === name ? `"${each}":${pick(ODD)}` : `"${each}":${JSON.stringify(value)}`,
      );
      return Buffer.from(`{${members.join(',')}}`);
    },
    (seed) => {
      const depth = 1 + below(500);
      return Buffer.from(`${'['.repeat(depth)}${seed.toString()}${']'.repeat(below(2) * depth)}`);
    },
  ];
  return () => pick(ways)(pick(seeds));
}
