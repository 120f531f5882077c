import { memoryRegistry, PatternError } from '@millrace/connectivity';
import { contractSettings } from '@millrace/connectivity/testing';
import { PYTHON, REFUSED } from './python-fullmatch.js';

async function registryOf(names: readonly string[], maxPatternMilliseconds = 1000) {
  const limits = { maxPatternMilliseconds, maxConnections: 20_000, maxResults: 20_000 };
  const registry = await memoryRegistry().create(contractSettings({ limits }));
  await registry.publish(
    'p',
    names.map((uid) => ({ uid, uri: 'u', dataType: 'T' })),
  );
  const find = async (pattern: string): Promise<string[]> =>
    (await registry.lookup('p', { pattern, dataType: 'T' })).map(({ uid }) => uid);
  return { registry, find };
}

describe('Patterns', () => {
  it.each(PYTHON.patterns)('row 16: %j finds what it finds in Python, or is refused', async (pattern, found) => {
    const { registry, find } = await registryOf(PYTHON.names);
    if (found === null || REFUSED.includes(pattern)) await expect(find(pattern)).rejects.toThrow(PatternError);
    else expect(await find(pattern)).toEqual(found);
    await registry.close();
  });

  it('row 16: refuses what would differ in silence without regard to case', async () => {
    const { registry, find } = await registryOf(['İ', 'i']);
    await expect(find('(?i)i')).rejects.toThrow('İ');
    expect(await find('i')).toEqual(['i']);
    await registry.close();
  });

  it('row 53: bounds the processor time of hostile patterns on 10,000 names', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `${'a'.repeat(20 + (index % 20))}${index}!`);
    const { registry, find } = await registryOf(names, 40);
    let seed = 7;
    const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
    const parts = [
      '(a+)+',
      '(a|aa)*',
      '(a*)*',
      '.*',
      '(.*a){20}',
      'a{1,500}',
      '[^!]*',
      '(?:a?){50}',
      '(x+x+)+y',
      '\\w+',
    ];
    let slowest = 0;
    for (let round = 0; round < 100; round += 1) {
      const pattern = Array.from({ length: 1 + random(40) }, () => parts[random(parts.length)])
        .join('')
        .slice(0, 1000);
      const before = process.cpuUsage();
      await find(pattern).catch((error: unknown) => {
        if (!(error instanceof PatternError)) throw error;
      });
      const { user } = process.cpuUsage(before);
      slowest = Math.max(slowest, user / 1000);
    }
    // The budget is 40 ms of matching; compiling, and one batch of names, come on top. Without it this takes minutes.
    expect(slowest).toBeLessThan(2000);
    expect((await find('a.*')).length).toBe(10_000);
    await registry.close();
  }, 60_000);
});
