import { describeOnEachRoute } from './drivers.js';
import { PYTHON, REFUSED } from './python-fullmatch.js';
import { wire } from './registry-client.js';

describeOnEachRoute('Lookups by pattern', (on) => {
  it('connectivity#15 #16 #17 #18: matches the whole name as Python does, and data types exactly', async () => {
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

  it('connectivity#16: finds by each pattern what Python finds, or refuses it with a reason', async () => {
    const { client, p } = on;
    await client.publish(
      p,
      PYTHON.names.map((uid) => wire(uid)),
    );
    expect(PYTHON.patterns.length).toBeGreaterThan(90);
    for (const [pattern, found] of PYTHON.patterns) {
      const reply = await client.lookup(p, pattern);
      const body: unknown = JSON.parse(reply.text);
      if (found === null || REFUSED.includes(pattern)) {
        expect([pattern, reply.status, body]).toEqual([
          pattern,
          400,
          { detail: expect.stringMatching(/^The pattern is refused: ./) },
        ]);
      } else {
        const names = (body as { uid: string }[]).map(({ uid }) => uid);
        expect([pattern, reply.status, names]).toEqual([pattern, 200, found]);
      }
    }
  });

  it('connectivity#24: refuses invalid patterns with 400 and a reason', async () => {
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

  it('connectivity#53: answers or refuses hostile patterns, and serves on', async () => {
    const { client, p } = on;
    const names = Array.from({ length: 2000 }, (_, index) => `${'a'.repeat(20 + (index % 20))}${index}!`);
    await client.publish(
      p,
      names.map((uid) => wire(uid)),
    );
    const hostile = ['(a+)+', '(a|aa)*', '(.*a){20}.*', '(?:a?){50}a{50}', '(x+x+)+y', '(a{1,100}){10}', '(.*){9}b'];
    for (const pattern of hostile) {
      const reply = await client.lookup(p, pattern);
      if (reply.status !== 200)
        expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('The pattern is refused')]);
    }
    expect(await client.names(p, 'a+7!')).toEqual(['aaaaaaaaaaaaaaaaaaaaaaaaaaa7!']);
  });
});
