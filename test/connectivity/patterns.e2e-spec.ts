import { memoryRegistry, PatternError } from '@millrace/connectivity';
import { contractSettings } from '@millrace/connectivity/testing';
import { hostileNames, hostilePatterns } from './hostile-patterns.js';
import { PYTHON, REFUSED } from './python-fullmatch.js';

async function registryOf(names: readonly string[], maxPatternSteps = 2_000_000) {
  const limits = { maxPatternSteps, maxConnections: 20_000, maxResults: 20_000 };
  const registry = await memoryRegistry().create(contractSettings({ limits, ttl: 3_600_000 }));
  await registry.publish(
    'p',
    names.map((uid) => ({ uid, uri: 'u', dataType: 'T' })),
  );
  const find = async (pattern: string): Promise<string[]> =>
    (await registry.lookup('p', { pattern, dataType: 'T' })).map(({ uid }) => uid);
  return { registry, find };
}

describe('Patterns', () => {
  it.each(PYTHON.patterns)(
    'connectivity#16: %j finds what it finds in Python, or is refused',
    async (pattern, found) => {
      const { registry, find } = await registryOf(PYTHON.names);
      if (found === null || REFUSED.includes(pattern)) await expect(find(pattern)).rejects.toThrow(PatternError);
      else expect(await find(pattern)).toEqual(found);
      await registry.close();
    },
  );

  it('connectivity#16: refuses what would differ in silence without regard to case', async () => {
    const { registry, find } = await registryOf(['İ', 'i']);
    await expect(find('(?i)i')).rejects.toThrow('İ');
    expect(await find('i')).toEqual(['i']);
    await registry.close();
  });

  it('connectivity#53: answers or refuses each of 500 hostile patterns on 10,000 names, by work and not by the clock', async () => {
    const names = hostileNames(10_000);
    const outcomes = async (patterns: readonly string[]): Promise<string[]> => {
      const { registry, find } = await registryOf(names);
      const outcome = (pattern: string): Promise<string> =>
        find(pattern).then(
          (found) => `${found.length} found`,
          (error: unknown) => {
            if (error instanceof PatternError) return error.problem;
            throw error;
          },
        );
      const all: string[] = [];
      for (const pattern of patterns) all.push(await outcome(pattern));
      expect((await find('.*')).length).toBe(10_000);
      await registry.close();
      return all;
    };
    const patterns = hostilePatterns(500);
    const first = await outcomes(patterns);
    for (const reason of ['found', 'steps', 'instructions'])
      expect(first.filter((outcome) => outcome.includes(reason)).length).toBeGreaterThan(20);
    const some = (_: unknown, index: number): boolean => index % 10 === 0;
    expect(await outcomes(patterns.filter(some))).toEqual(first.filter(some));
  }, 300_000);
});
