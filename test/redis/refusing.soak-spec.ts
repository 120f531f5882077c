import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askServer, startRedis } from '../support/redis.js';
import { TOPOLOGIES } from '../support/redis-topologies.js';
import { waitFor } from '../support/waiting.js';
import { LOSS_HEALED, NOTHING_LOST, onBench } from './support/on-bench.js';

jest.setTimeout(300_000);

describe('A Redis that takes nothing', () => {
  it('since its memory is full: health says so, and nothing is lost, repeated or out of order', () =>
    onBench(startRedis(), async (bench, redis) => {
      const setting = (value: string) => askServer(redis, (server) => server.config('SET', 'maxmemory', value));
      await bench.trouble(() => setting('1mb'));
      await bench.saysSo();
      expect(bench.wronglyUp).toBe(0);
      await bench.repair(() => setting('0'));
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
    }));

  it('since its disk is full: health says so, and nothing is lost, repeated or out of order', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', directory]);
    try {
      const filler = join(directory, 'filler');
      const args = ['--dir', directory, '--appendonly', 'yes', '--appendfsync', 'everysec'];
      await onBench(startRedis(args), async (bench, redis) => {
        expect(() => writeFileSync(filler, Buffer.alloc(64 * 1024 * 1024))).toThrow('ENOSPC');
        await waitFor('Redis to notice', () =>
          askServer(redis, async (server) => (await server.info('persistence')).includes('aof_last_write_status:err')),
        );
        await bench.trouble(() => undefined);
        await bench.saysSo();
        expect(bench.wronglyUp).toBe(0);
        await bench.repair(() => rmSync(filler));
        expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      });
    } finally {
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true });
    }
  });

  it('since rights were taken away: health says so, and nothing is lost, repeated or out of order', () =>
    onBench(startRedis(), async (bench, redis) => {
      const rights = (...rules: string[]) =>
        askServer(redis, (server) => server.call('ACL', 'SETUSER', 'default', ...rules));
      await bench.trouble(() => rights('-@write'));
      await bench.saysSo();
      expect(bench.wronglyUp).toBe(0);
      await bench.repair(() => rights('+@all'));
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
    }));

  it('since it has become a replica: health says so, and nothing is lost, repeated or out of order', async () => {
    const other = await startRedis();
    try {
      await onBench(startRedis(), async (bench, redis) => {
        const follow = (one: typeof redis, of?: typeof redis) =>
          askServer(one, (server) => (of ? server.replicaof('127.0.0.1', of.port) : server.replicaof('NO', 'ONE')));
        const linked = (one: typeof redis) =>
          waitFor('the replica', () =>
            askServer(one, async (server) => (await server.info('replication')).includes('master_link_status:up')),
          );
        await follow(other, redis);
        await linked(other);
        // No write comes between: none could reach the one and not the other.
        await askServer(redis, (server) => server.call('CLIENT', 'PAUSE', 1000, 'WRITE'));
        await waitFor('the same place', async () => (await offsetOf(redis)) === (await offsetOf(other)));
        await follow(other);
        await bench.trouble(() => follow(redis, other));
        await linked(redis);
        await bench.saysSo();
        expect(bench.wronglyUp).toBe(0);
        await bench.repair(() => follow(redis));
        expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      });
    } finally {
      await other.stop();
    }
  });
});

describe.each(TOPOLOGIES)('A Redis that is emptied, on $topology', ({ start }) => {
  it('loses all entries; pullers are told, and connections come back', () =>
    onBench(start(), async (bench, redis) => {
      await bench.trouble(() => redis.flushAll());
      await bench.repair(() => undefined);
      const outcome = await bench.outcome();
      expect(outcome).toMatchObject(LOSS_HEALED);
      expect(outcome.lost).toBeGreaterThan(0);
      expect(outcome.streamsWithoutGap).toEqual([]);
    }));
});

function offsetOf(redis: Parameters<typeof askServer>[0]): Promise<string | undefined> {
  return askServer(redis, async (server) => /master_repl_offset:(\d+)/.exec(await server.info('replication'))?.[1]);
}
