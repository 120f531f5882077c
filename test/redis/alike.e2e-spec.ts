import { ConnectorHubModule } from '@millrace/connector';
import { redisSources } from '@millrace/connector/redis';
import { AnsweringConnector } from '../connector/support/answering-connector.js';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import type { RedisTopology } from '../support/redis.js';
import { TOPOLOGIES } from '../support/redis-topologies.js';
import { type AlikeRow, answersOf, expectAlike } from './support/alike.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENT = { commandTimeout: '30s', lease: '60s' } as const;
const BAD = { messageCode: 'com.example.bad', messageTemplate: 'Bad {0}', parameters: ['x'] };

describe.each(TOPOLOGIES)('connector#83: What two instances on $topology answer alike', ({ start }) => {
  let redis: RedisTopology;
  let instances: RunningApplication[];
  let connector: AnsweringConnector;
  beforeAll(async () => {
    redis = await start();
    const [adapter] = HTTP_ADAPTERS;
    instances = await Promise.all(
      ['one', 'two'].map(() => {
        const store = redisSources({ ...redis.way, ...PATIENT });
        const sources = { served: { room: 'lab' }, free: {} };
        return startApplication([ConnectorHubModule.forRoot({ store, sources, public: true })], { adapter });
      }),
    );
    connector = await AnsweringConnector.connect(instances[0]?.wsUrl ?? '', 'served', { secret: 'mine' });
    for (let n = 1; n <= 3; n += 1) connector.notify({ n });
    await waitFor('the acknowledgements', () => connector.acknowledged.length === 3);
  });
  afterAll(async () => {
    await connector.close();
    await Promise.all(instances.map((each) => each.close()));
    await redis.stop();
  });

  const ask = (request: string, query: object, more: object = {}): Omit<AlikeRow, 'name' | 'status'> => ({
    request,
    body: JSON.stringify(query),
    ...more,
  });
  const query = (body: object, more: object = {}) => ask('POST /sources/served/query', body, more);
  const put = (name: string): Promise<Response> =>
    fetch(`${instances[0]?.url}/sources/${name}`, { method: 'PUT', body: '{"made":1}' });
  /** The connector is back after a reconnect, and each instance knows what the other has noted. */
  const settled = async (): Promise<void> => {
    const [one, two] = instances.map(({ url }) => `${url}/sources/served`) as [string, string];
    await waitFor('the same at both', async () => {
      const [here, there] = [await (await fetch(one)).text(), await (await fetch(two)).text()];
      return here === there && here.includes('"connected"');
    });
  };

  it.each<AlikeRow>([
    { name: 'the list', request: 'GET /sources', status: 200, prepare: settled },
    { name: 'one that is served', request: 'GET /sources/served', status: 200 },
    { name: 'one that is not', request: 'GET /sources/free', status: 200 },
    { name: 'an unknown one', request: 'GET /sources/none', status: 404 },
    { name: 'notifications', request: 'GET /sources/served/notifications', status: 200 },
    { name: 'the newest notifications', request: 'GET /sources/served/notifications?count=2', status: 200 },
    { name: 'a bad number of them', request: 'GET /sources/served/notifications?count=x', status: 422 },
    { name: 'those of a source without any', request: 'GET /sources/free/notifications', status: 200 },
    { name: 'those of an unknown one', request: 'GET /sources/none/notifications', status: 404 },
    { name: 'a new document', ...ask('PUT /sources/made', { a: 1 }), status: 204 },
    { name: 'a document that is none', request: 'PUT /sources/made', body: '[1]', status: 422 },
    { name: 'a document that is no JSON', request: 'PUT /sources/made', body: '{', status: 400 },
    {
      name: 'a document of one that is served',
      ...ask('PUT /sources/served', { room: 'lab' }),
      status: 204,
      prepare: settled,
    },
    { name: 'a deletion', request: 'DELETE /sources/gone', status: 204, prepare: () => put('gone') },
    { name: 'a deletion of an unknown one', request: 'DELETE /sources/none', status: 404 },
    { name: 'a publish', ...ask('POST /sources/served/publish', { a: 'grüße' }), status: 202 },
    { name: 'a publish of nothing', request: 'POST /sources/served/publish', status: 202 },
    { name: 'a publish that nobody serves', ...ask('POST /sources/free/publish', {}), status: 503 },
    { name: 'a publish to an unknown one', ...ask('POST /sources/none/publish', {}), status: 404 },
    {
      name: 'a publish that is too large for a connector',
      request: 'POST /sources/served/publish',
      body: JSON.stringify('x'.repeat(1024 * 1024 - 10)),
      status: 413,
    },
    { name: 'a query', ...query({ rows: 3 }), status: 200 },
    { name: 'a query as events', ...query({ rows: 3 }, { headers: { accept: 'text/event-stream' } }), status: 200 },
    { name: 'a query as lines', ...query({ rows: 3 }, { headers: { accept: 'application/x-ndjson' } }), status: 200 },
    { name: 'a query of 2 MB', ...query({ rows: 200, size: 10_000 }), status: 200 },
    { name: 'an error of the connector', ...query({ rows: 0, error: BAD }), status: 502 },
    {
      name: 'an error behind rows',
      ...query({ error: BAD }, { headers: { accept: 'application/x-ndjson' } }),
      status: 200,
    },
    {
      name: 'a query without an answer',
      ...ask('POST /sources/served/query?timeout=50', { rows: 0, silent: true }),
      status: 504,
    },
    { name: 'a query with a bad deadline', ...ask('POST /sources/served/query?timeout=x', {}), status: 422 },
    { name: 'a query that nobody serves', ...ask('POST /sources/free/query', {}), status: 503 },
    { name: 'a query of an unknown one', ...ask('POST /sources/none/query', {}), status: 404 },
    { name: 'a reconnect', request: 'POST /sources/served/reconnect', status: 202, prepare: settled },
    { name: 'a reconnect that nobody serves', request: 'POST /sources/free/reconnect', status: 503 },
    { name: 'a reconnect of an unknown one', request: 'POST /sources/none/reconnect', status: 404 },
    { name: 'the list, after all that', request: 'GET /sources', status: 200, prepare: settled },
    { name: 'the source, after all that', request: 'GET /sources/served', status: 200, prepare: settled },
  ])('$name: $request', async (row) => {
    expectAlike(row, await answersOf(row, instances));
  });
});
