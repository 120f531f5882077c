import { describeOnEachSetup } from './drivers.js';
import { wire } from './registry-client.js';

describeOnEachSetup('Lookups by pattern', (on) => {
  it('rows 15 to 18: matches the whole name as Python does, and data types exactly', async () => {
    const { client, p } = on;
    await client.publish(
      p,
      ['DRO-001-tp', 'DRO-005-tp', 'dro-001-tp', 'x.y'].map((uid) => wire(uid)),
    );
    const found: [string, string[]][] = [
      ['DRO', []],
      ['001', []],
      ['tp', []],
      ['DRO-00[1-4]-tp', ['DRO-001-tp']],
      ['DRO-.*', ['DRO-001-tp', 'DRO-005-tp']],
      ['(?i)dro-.*?-TP', ['DRO-001-tp', 'DRO-005-tp', 'dro-001-tp']],
      ['^DRO-001-tp$', ['DRO-001-tp']],
      ['DRO-001-tp|x', ['DRO-001-tp']],
      [String.raw`\w+-\d{3}-tp`, ['DRO-001-tp', 'DRO-005-tp', 'dro-001-tp']],
      ['x.y', ['x.y']],
      [String.raw`x\.y`, ['x.y']],
    ];
    for (const [pattern, names] of found) expect([pattern, await client.names(p, pattern)]).toEqual([pattern, names]);
    expect(await client.names(p, '.*', 't')).toEqual([]);
    expect(await client.names(p, '.*', '.*')).toEqual([]);
    await client.publish(p, [wire('untyped', { data_type: '' })]);
    expect(await client.names(p, '.*', '')).toEqual(['untyped']);
  });

  it('row 24: refuses invalid patterns with 400 and a reason', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    for (const pattern of [
      '(',
      '[a',
      '*',
      'a**',
      'a{2,1}',
      String.raw`\1`,
      '(?<=a)b',
      String.raw`\bword`,
      '[[:alpha:]]',
    ]) {
      const reply = await client.lookup(p, pattern);
      expect([pattern, reply.status]).toEqual([pattern, 400]);
      expect(reply.text).toContain('pattern');
    }
  });
});
