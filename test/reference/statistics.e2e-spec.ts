import { connect, nodeSources } from '@millrace/client';
import { dataDirectory, startReference } from '../support/reference.js';
import { startRedis } from '../support/redis.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });

/** What a page about the service shows. */
const SHOWN = [
  'process_resident_memory_bytes',
  'millrace_stream_entries_in_total',
  'millrace_stream_bytes_out_total',
  'millrace_stream_gaps_total',
  'millrace_stream_refused_pushes_total',
  'millrace_stream_held_back_total',
  'millrace_stream_pushers',
  'millrace_stream_pullers',
  'millrace_sockets',
  'millrace_connectivity_connections',
  'millrace_connectivity_watchers',
  'millrace_hub_sessions',
  'millrace_hub_sources',
  'millrace_rpc_sessions',
  'millrace_rpc_calls_running',
];

describe('The statistics of the reference application', () => {
  it.each([
    ['in its folder', false, 'millrace_stream_disk_free_bytes'],
    ['in Redis', true, 'millrace_redis_connected'],
  ])('show everything where its data is %s, and that anybody can log in', async (_where, inRedis, further) => {
    const directory = dataDirectory();
    const redis = inRedis ? await startRedis() : undefined;
    const running = await startReference(directory.path, redis ? { REDIS_URL: redis.url } : {});
    const millrace = await connect(running.url, { sources, login: { name: 'me', password: 'me' } });
    const { series, notices, leftOut } = await millrace.statistics();
    const names = new Set(series.map(({ name }) => name));
    expect([...SHOWN, further].filter((name) => !names.has(name))).toEqual([]);
    expect(leftOut).toEqual([]);
    const codes = notices.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['DEVELOPMENT_LOGIN', 'AREAS_OPEN']));
    expect(codes.includes('REDIS_NOT_KEPT')).toBe(inRedis);
    await millrace.close();
    await running.stop();
    await redis?.stop();
    directory.remove();
  });
});
