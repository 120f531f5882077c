import type { ConnectivityOptions } from '@millrace/connectivity';
import type { LoggerService } from '@nestjs/common';
import { describeOnEachSetup } from './drivers.js';
import { RegistryClient, wire } from './registry-client.js';

class Lines implements LoggerService {
  readonly lines: string[] = [];
  log(message: unknown): void {
    this.lines.push(String(message));
  }
  warn(): void {}
  error(): void {}
}

describeOnEachSetup('Debug output', (on) => {
  /** What is logged of a publication, a lookup and a retraction. */
  async function outputOf(options: ConnectivityOptions): Promise<string[]> {
    const logger = new Lines();
    const running = await on.start(options, { logger });
    try {
      logger.lines.length = 0;
      const client = new RegistryClient(running.url);
      await client.publish('part\nition', [wire('a'), wire('b')]);
      await client.lookup('part\nition', '.*', 'T');
      await client.retract('part\nition', ['b']);
      return [...logger.lines];
    } finally {
      await running.close();
    }
  }

  const TOOK = [/^publish: 2 entries in \d+ µs$/, /^lookup: 2 entries in \d+ µs$/];
  const BY_WHOM = [
    /^publish: partition="part\\nition" from="127\.0\.0\.1:\d+" uri="tcp:\/\/host\/a"$/,
    /^lookup: partition="part\\nition" from="127\.0\.0\.1:\d+" uid_regex="\.\*" data_type="T"$/,
    /^retract: partition="part\\nition" from="127\.0\.0\.1:\d+" uid="b"$/,
  ];
  const BODIES = [
    /^publish: body ".*\\"connections\\":\[\{\\"uid\\":\\"a\\".*"$/,
    /^lookup: body ".*\\"uid_regex\\":\\"\.\*\\".*"$/,
    /^retract: body ".*\\"connection_id\\":\\"b\\".*"$/,
  ];

  it.each([0, 1, 2, 3] as const)('connectivity#58: prints what level %i asks for, and nothing else', async (debug) => {
    const lines = await outputOf({ debug });
    const expected = [TOOK, BY_WHOM, BODIES].slice(0, debug).flat();
    for (const pattern of expected) expect(lines).toContainEqual(expect.stringMatching(pattern));
    expect(lines).toHaveLength(expected.length);
  });

  it('connectivity#58: says once that a partition or a name is unknown, from level 1 on', async () => {
    const logger = new Lines();
    const running = await on.start({ debug: 1 }, { logger });
    try {
      const client = new RegistryClient(running.url);
      await client.publish('p', [wire('a'), wire('b')]);
      logger.lines.length = 0;
      for (let round = 0; round < 3; round += 1) {
        expect((await client.lookup('un\nknown', '.*')).status).toBe(404);
        expect((await client.retract('p', ['x'])).status).toBe(404);
      }
      expect(logger.lines).toEqual([
        'lookup: "partition un\\nknown not found"',
        'retract: "1 of the connections were not found in partition p: x"',
      ]);
    } finally {
      await running.close();
    }
  });

  describe('by the environment', () => {
    const before = { ...process.env };
    afterEach(() => {
      for (const name of ['ENTRY_TTL', 'CONNECTION_FLASK_DEBUG']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    });

    it('connectivity#58: takes the level from CONNECTION_FLASK_DEBUG', async () => {
      process.env['CONNECTION_FLASK_DEBUG'] = '2';
      expect(await outputOf({})).toHaveLength(TOOK.length + BY_WHOM.length);
      expect(await outputOf({ debug: 0 })).toEqual([]);
    });

    it.each(['CONNECTION_FLASK_DEBUG', 'ENTRY_TTL'])(
      'connectivity#36 #58: stops the start by a %s that is no integer, and names it',
      async (name) => {
        for (const value of ['ten', '1.5', '']) {
          process.env[name] = value;
          await expect(on.start()).rejects.toThrow(name);
        }
      },
    );
  });
});
