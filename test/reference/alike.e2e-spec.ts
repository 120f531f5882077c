import type { RedisTopology } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { type AlikeRow, answersOf, expectAlike } from '../redis/support/alike.js';
import { variablesOf } from '../support/redis-variables.js';

/** Operations that are not asked for alike, with the reason. */
const APART: Readonly<Record<string, string>> = {
  'GET /': 'the page has the statistics of the instance',
  'GET /stats': 'what the instance has answered',
  'GET /connections/statistics': 'what the instance has answered',
  'GET /resetStats': 'resets the statistics of the instance',
  'GET /metrics': 'figures of the process',
  'GET /statistics': 'figures of the process, sampled',
  'GET /connections/{partition}/watch': 'has no end; tested where two instances watch',
};

const JSON_BODY = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const entry = (uid: string) => ({ connection_type: 1, data_type: 'D', uid, uri: `tcp://h:${uid.length}` });

describe.each(PLAIN_TOPOLOGIES)('Two instances of the reference application on $topology', ({ start }) => {
  const directories = [dataDirectory(), dataDirectory()];
  let redis: RedisTopology;
  let instances: RunningReference[] = [];
  let authorization: Record<string, string>;
  let turn = 0;
  beforeAll(async () => {
    redis = await start();
    const environment = { ...variablesOf(redis.way), MILLRACE_STORE: 'redis', MILLRACE_JWT_SECRET: 's'.repeat(40) };
    instances = await Promise.all(directories.map(({ path }) => startReference(path, environment)));
    // Each has heard of the other.
    for (const { url } of instances)
      await waitFor('both', async () => (await (await fetch(`${url}/health`)).text()).includes('"instances":2'));
    authorization = { authorization: `Bearer ${await login(instances[0]?.url ?? '')}` };
  });
  afterAll(async () => {
    await Promise.all(instances.map((each) => each.stop()));
    for (const directory of directories) directory.remove();
    await redis.stop();
  });

  /** Asks one of the instances, now this one, now the other. */
  const send = async (request: string, init: RequestInit = {}): Promise<Response> => {
    const [method = '', path = ''] = request.split(' ');
    const { url } = instances[(turn += 1) % 2] as RunningReference;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...authorization, ...(init.body ? JSON_BODY : {}) },
      ...init,
    });
    if (!answer.ok) throw new Error(`${request}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const publish = (partition: string, ...uids: string[]): Promise<Response> =>
    send('POST /publish', { body: JSON.stringify({ partition, connections: uids.map(entry) }) });
  const push = async (stream: string, ...texts: string[]): Promise<Response> => {
    const body = new FormData();
    for (const text of texts) body.append('entries', new Blob([text]), 'entry');
    return send(`POST /data/${stream}`, { headers: authorization, body });
  };
  const made = new Set<string>();
  /** Does something once, for rows that only read. */
  const once = (what: string, work: () => Promise<unknown>) => async (): Promise<void> => {
    if (made.has(what)) return;
    made.add(what);
    await work();
  };
  const stream = once('a stream', async () => {
    await push('kept', '{"n":1}', '{"n":2}');
    await send('PUT /streams/kept', { body: '{"room":"lab"}' });
    await push('over', '{"n":3}');
    await send('POST /streams/over/close');
  });
  const group = once('a group', async () => {
    await push('queued', '1', '2');
    await send('PUT /streams/queued/groups/g?after=0&max_deliveries=1');
    const reader = await SocketClient.open(`${instances[0]?.wsUrl}/data/queued/pull?group=g&count=1`, {
      headers: authorization,
    });
    await reader.next();
    await reader.next();
    reader.send(JSON.stringify({ refuse: { aside: 'bad' } }));
    await waitFor('an entry to be set aside', async () => (await aside()) !== undefined);
    await reader.close();
    await waitFor('nobody in the group', async () => {
      const { consumers } = (await (await send('GET /streams/queued/groups/g')).json()) as { consumers: unknown[] };
      return consumers.length === 0;
    });
  });
  /** The entry that the group has set aside. */
  const aside = async (): Promise<string | undefined> => {
    const answer = await send('GET /streams/queued/groups/g/aside');
    const [first] = ((await answer.json()) as { id: string }[]) ?? [];
    return first?.id;
  };
  const connections = once('connections', async () => {
    await publish('shared', 'a', 'b');
    await publish('other', 'c');
  });
  const user = (): Promise<Response> =>
    send('PUT /users/ann', { body: '{"password":"a long password","scopes":["streams:read:*"]}' });
  const key = async (): Promise<string> => {
    const answer = await send('POST /keys', { body: '{"name":"a key","scopes":["streams:read:*"]}' });
    const { record, id } = (await answer.json()) as { record?: { id: string }; id?: string };
    return record?.id ?? id ?? '';
  };
  const events = { accept: 'text/event-stream' };
  const form = (fields: Record<string, string>) => ({
    headers: FORM,
    body: new URLSearchParams(fields).toString(),
  });

  const ROWS: readonly (AlikeRow & { readonly open?: boolean })[] = [
    { name: 'liveness', request: 'GET /live', status: 200 },
    { name: 'readiness', request: 'GET /ready', status: 200 },
    { name: 'health', request: 'GET /health', status: 200 },
    { name: 'info', request: 'GET /info', status: 200 },
    { name: 'info of the server', request: 'POST /v5/info', status: 200, headers: JSON_BODY, body: '{}' },
    { name: 'a ping', request: 'GET /ping', status: 200 },
    { name: 'a ping that fails', request: 'GET /ping/error', status: 500 },
    { name: 'places of a token', request: 'GET /ping/auth', status: 200 },

    {
      name: 'a login',
      request: 'POST /token',
      ...form({ username: 'tester', password: 'tester' }),
      status: 200,
      hide: /"access_token":"[^"]+"|authorization="?[^;]*|expires_in":\d+/g,
    },
    { name: 'a wrong login', request: 'POST /token', ...form({ username: 'tester', password: 'no' }), status: 401 },
    { name: 'a login without a name', request: 'POST /token', ...form({}), status: 422 },
    { name: 'whose token it is', request: 'GET /token', status: 200 },
    { name: 'a logout', request: 'POST /logout', status: 204, headers: JSON_BODY },
    { name: 'no token', request: 'GET /streams', status: 401, open: true },
    { name: 'a token that is none', request: 'GET /streams', status: 401, headers: { authorization: 'Bearer x' } },

    {
      name: 'a new user',
      request: 'PUT /users/ben',
      status: 200,
      headers: JSON_BODY,
      body: '{"password":"a long password","scopes":["*"]}',
      prepare: () => send('PUT /users/ben', { body: '{"password":"a long password","scopes":["*"]}' }),
    },
    {
      name: 'a user that cannot be',
      request: 'PUT /users/ben',
      status: 422,
      headers: JSON_BODY,
      body: '{"scopes":7}',
    },
    { name: 'the users', request: 'GET /users', status: 200, prepare: once('users', user) },
    { name: 'a deleted user', request: 'DELETE /users/ann', status: 204, prepare: user },
    { name: 'a user that was never there', request: 'DELETE /users/none', status: 404 },

    {
      name: 'a new key',
      request: 'POST /keys',
      status: 201,
      headers: JSON_BODY,
      body: '{"name":"k","scopes":["streams:read:*"]}',
      hide: /"(?:id|key|created|prefix|hint)":"[^"]+"/g,
    },
    { name: 'a key without a name', request: 'POST /keys', status: 422, headers: JSON_BODY, body: '{}' },
    { name: 'the keys', request: 'GET /keys', status: 200, prepare: once('a key', key) },
    {
      name: 'a revoked key',
      request: 'DELETE /keys/{id}',
      status: 204,
      prepare: async () => ({ request: `DELETE /keys/${await key()}` }),
    },
    { name: 'a key that was never there', request: 'DELETE /keys/none', status: 404 },

    { name: 'the streams', request: 'GET /streams', status: 200, prepare: stream },
    { name: 'the streams with what is known', request: 'GET /streams?info=true', status: 200, prepare: stream },
    { name: 'a stream', request: 'GET /streams/kept', status: 200, prepare: stream },
    { name: 'an unknown stream', request: 'GET /streams/none', status: 200 },
    { name: 'an unknown stream, as an error', request: 'GET /streams/none?report_error=true', status: 400 },
    {
      name: 'metadata',
      request: 'PUT /streams/kept',
      status: 200,
      headers: JSON_BODY,
      body: '{"room":"lab"}',
      prepare: stream,
    },
    { name: 'no metadata', request: 'PUT /streams/kept', status: 422, prepare: stream },
    { name: 'an end', request: 'POST /streams/over/close', status: 200, prepare: stream },
    { name: 'the end of none', request: 'POST /streams/none/close', status: 404 },
    {
      name: 'an upload',
      request: 'POST /data/uploads',
      status: 200,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="entries"; filename="f"\r\n\r\ndata\r\n--x--\r\n',
      hide: /\d+-\d+/g,
    },
    {
      name: 'an upload to an ended stream',
      request: 'POST /data/over',
      status: 409,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="entries"; filename="f"\r\n\r\ndata\r\n--x--\r\n',
      prepare: stream,
    },
    { name: 'entries', request: 'GET /data/kept?last_entry_id=0&count=9', status: 200, prepare: stream },
    {
      name: 'entries of several',
      request: 'GET /data/kept+over+none?last_entry_id=0&count=9',
      status: 200,
      prepare: stream,
    },
    { name: 'a bad ID', request: 'GET /data/kept?last_entry_id=x', status: 400, prepare: stream },
    { name: 'events', request: 'GET /data/over?last_entry_id=0', status: 200, headers: events, prepare: stream },
    { name: 'pictures', request: 'GET /mjpeg/over', status: 200, prepare: stream },
    { name: 'a deletion', request: 'DELETE /streams/gone', status: 200, prepare: () => push('gone', '1', '2') },

    { name: 'no groups', request: 'GET /streams/none/groups', status: 200 },
    { name: 'the groups', request: 'GET /streams/queued/groups', status: 200, prepare: group },
    { name: 'a group', request: 'GET /streams/queued/groups/g', status: 200, prepare: group },
    { name: 'an unknown group', request: 'GET /streams/queued/groups/none', status: 404, prepare: group },
    { name: 'settings of a group', request: 'PUT /streams/queued/groups/g?idle=20000', status: 200, prepare: group },
    { name: 'a bad setting', request: 'PUT /streams/queued/groups/g?idle=x', status: 422, prepare: group },
    { name: 'what is set aside', request: 'GET /streams/queued/groups/g/aside', status: 200, prepare: group },
    {
      name: 'an entry that is set aside',
      request: 'GET /streams/queued/groups/g/aside/{id}',
      status: 200,
      prepare: async () => (await group(), { request: `GET /streams/queued/groups/g/aside/${await aside()}` }),
    },
    { name: 'one that is not handed out again', request: 'POST /streams/queued/groups/g/aside/1-1', status: 200 },
    { name: 'one that is not discarded', request: 'DELETE /streams/queued/groups/g/aside/1-1', status: 200 },
    {
      name: 'a deleted group',
      request: 'DELETE /streams/queued/groups/gone',
      status: 200,
      prepare: () => send('PUT /streams/queued/groups/gone'),
    },
    {
      name: 'a publication',
      request: 'POST /publish',
      status: 200,
      headers: JSON_BODY,
      body: JSON.stringify({ partition: 'shared', connections: [entry('a')] }),
      prepare: connections,
    },
    { name: 'a bad publication', request: 'POST /publish', status: 400, headers: JSON_BODY, body: '{' },
    {
      name: 'a look-up',
      request: 'POST /getconnection/shared',
      status: 200,
      headers: JSON_BODY,
      body: '{"uid_regex":".*","data_type":"D"}',
      prepare: connections,
    },
    {
      name: 'a look-up of an unknown partition',
      request: 'POST /getconnection/none',
      status: 404,
      headers: JSON_BODY,
      body: '{"uid_regex":".*","data_type":"D"}',
    },
    {
      name: 'a look-up by a bad pattern',
      request: 'POST /getconnection/shared',
      status: 400,
      headers: JSON_BODY,
      body: '{"uid_regex":"(","data_type":"D"}',
      prepare: connections,
    },
    { name: 'a look-up without a body', request: 'GET /getconnection/shared', status: 400, prepare: connections },
    { name: 'the partitions', request: 'GET /connections/partitions', status: 200, prepare: connections },
    {
      name: 'entries of a partition',
      request: 'GET /connections/shared/entries?expired=true',
      status: 200,
      hide: /"(?:published|time_left)":\d+/g,
      prepare: connections,
    },
    {
      name: 'entries of an unknown partition',
      request: 'GET /connections/none/entries',
      status: 404,
    },
    {
      name: 'a retraction',
      request: 'POST /retract',
      status: 200,
      headers: JSON_BODY,
      body: JSON.stringify({ partition: 'left', connections: [{ connection_id: 'd', data_type: 'D' }] }),
      prepare: () => publish('left', 'd'),
    },
    {
      name: 'a retracted partition',
      request: 'POST /retract-partition',
      status: 200,
      headers: JSON_BODY,
      body: '{"partition":"left"}',
      prepare: () => publish('left', 'd'),
    },
    {
      name: 'a partition that is not there',
      request: 'POST /retract-partition',
      status: 404,
      headers: JSON_BODY,
      body: '{"partition":"none"}',
    },

    { name: 'a new source', request: 'PUT /sources/oven', status: 204, body: '{"room":"lab"}' },
    { name: 'the sources', request: 'GET /sources', status: 200 },
    { name: 'a source', request: 'GET /sources/oven', status: 200 },
    { name: 'its notifications', request: 'GET /sources/oven/notifications', status: 200 },
    { name: 'a publish that nobody serves', request: 'POST /sources/oven/publish', status: 503, body: '{}' },
    { name: 'a query that nobody serves', request: 'POST /sources/oven/query', status: 503, body: '{}' },
    { name: 'a reconnect that nobody serves', request: 'POST /sources/oven/reconnect', status: 503 },
    {
      name: 'a deleted source',
      request: 'DELETE /sources/gone',
      status: 204,
      prepare: () => send('PUT /sources/gone', { body: '{}' }),
    },

    {
      name: 'a revoked token',
      request: 'POST /token/revoke',
      status: 200,
      prepare: async () => ({ ...form({ token: await login(instances[0]?.url ?? '', 'other') }) }),
    },
    { name: 'a token by its ID', request: 'DELETE /tokens/an-id', status: 204 },
    { name: 'all tokens of a user', request: 'DELETE /tokens?user=other', status: 204 },
    { name: 'an empty registry', request: 'GET /resetService', status: 200, hide: /<body>.*/gs },
  ];

  it.each(ROWS)('answer alike: $name ($request)', async (row) => {
    const headers = row.open ? row.headers : { ...authorization, ...row.headers };
    expectAlike(row, await answersOf({ ...row, ...(headers && { headers }) }, instances));
  });

  it('are asked for every operation that the document of the application names', async () => {
    const { paths } = (await (await send('GET /openapi.json')).json()) as { paths: Record<string, object> };
    const asked = ROWS.map(({ request }) => request.split('?', 1)[0] as string);
    const left = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => ['get', 'put', 'post', 'delete'].includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`)
        .filter((operation) => !(operation in APART) && !asked.some((request) => isOf(request, operation))),
    );
    expect(left).toEqual([]);
  });
});

function isOf(request: string, operation: string): boolean {
  return new RegExp(`^${operation.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(request);
}
