import { request } from 'node:http';
import { Body, Controller, Get, Module, Post, StreamableFile } from '@nestjs/common';
import { AuthModule, developmentUsers } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { PlacesModule, SECRET } from './auth/support/places.js';
import { RawConnector } from './connector/support/raw-connector.js';
import { PlaygroundModule } from './rpc/support/playground.js';
import {
  BOTH_HTTP_ADAPTERS,
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
} from './support/applications.js';
import { login } from './support/reference.js';
import { refusedHandshake, SocketClient } from './support/socket-client.js';
import { waitFor } from './support/waiting.js';

/**
 * Every suite asks an application on Fastify in `npm test`. This one asks the same of an application on Express and of one
 * on Fastify, in whatever could differ between them: paths, methods, bodies, errors, headers, answers that flow on, upgrades
 * and the end.
 */
@Controller('host')
class HostController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('bytes'), { type: 'image/png' });
  }

  @Get('broken')
  broken(): never {
    throw new Error('a secret of the host');
  }
}

@Module({ controllers: [HostController] })
class HostModule {}

interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sent without the token. */
  readonly bare?: boolean;
  /** The text is the framework's own. */
  readonly ownWords?: boolean;
}

const json = { 'Content-Type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const multipart = { 'Content-Type': 'multipart/form-data; boundary=b' };
const field = (name: string, text: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
const part = (name: string, text: string): string => field(`${name}"; filename="f`, text);
const get = (path: string, more: Partial<Question> = {}): Question => ({ method: 'GET', path, ...more });
const ask = (method: string, path: string, more: Partial<Question> = {}): Question => ({ method, path, ...more });
const post = (path: string, body: string | Buffer, headers: Record<string, string> = json): Question => ({
  path,
  body,
  headers,
});
const inOwnWords = (question: Question): Question => ({ ...question, ownWords: true });
const call = (method: string, params: unknown): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const publication = JSON.stringify({
  partition: 'p',
  connections: [{ uid: 'a', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }],
});

/** Asked in this order: what one of them leaves is there for the next. */
const QUESTIONS: readonly (readonly [status: number, question: Question])[] = [
  // Paths and methods.
  [404, inOwnWords(get('/nothing'))],
  [404, inOwnWords(get('/streams/a/b'))],
  [200, get('/streams/')],
  [404, inOwnWords(ask('POST', '/streams'))],
  [404, inOwnWords(ask('PUT', '/data/a'))],
  [200, ask('OPTIONS', '/publish')],
  [200, ask('HEAD', '/streams')],
  [400, inOwnWords(get('/data/%zz'))],
  [422, get('/data/%00')],
  // Tokens.
  [401, get('/who', { bare: true })],
  [401, get('/who', { bare: true, headers: { Authorization: 'Basic YTph' } })],
  [401, get('/who?token=x', { bare: true })],
  [200, get('/who')],
  [200, get('/open', { bare: true })],
  [200, inOwnWords(get('/read/a%2Fb'))],
  [422, post('/token', '', form)],
  [401, post('/token', 'username=a&password=b', form)],
  [401, post('/token', `${field('username', 'a')}${field('password', 'b')}--b--\r\n`, multipart)],
  [413, post('/token', `username=a&password=${'a'.repeat(20_000)}`, form)],
  [401, get('/token', { bare: true })],
  [404, inOwnWords(get('/token/revoke'))],
  [200, post('/token/revoke', 'token=x', form)],
  [200, post('/token/revoke/', `${field('token', 'x')}--b--\r\n`, multipart)],
  [400, { ...post('/token/revoke', 'token_type_hint=access_token', form), bare: true }],
  [413, post('/token/revoke', `token=${'a'.repeat(100_000)}`, form)],
  [400, ask('DELETE', '/tokens')],
  [401, ask('DELETE', '/tokens?user=a', { bare: true })],
  [422, ask('DELETE', `/tokens/${'a'.repeat(300)}`)],
  // API keys.
  [422, post('/keys', '{}')],
  [422, post('/keys', '[1]')],
  [400, post('/keys', '{"name"')],
  [413, post('/keys', JSON.stringify({ name: 'a'.repeat(200_000) }))],
  [404, ask('DELETE', '/keys/000000000000')],
  // Streams: bodies of JSON, forms, and none; queries; bytes.
  [200, ask('PUT', '/streams/a', { body: '{"n":{"m":1}}', headers: json })],
  [422, ask('PUT', '/streams/a', { body: '{broken', headers: json })],
  [422, ask('PUT', '/streams/a', { body: '', headers: json })],
  [200, ask('PUT', '/streams/a?desc=text&max_len=5')],
  [200, post('/data/a', `${part('entries', 'first')}${part('entries', '\u0000ü')}--b--\r\n`, multipart)],
  [422, post('/data/a', `${part('other', 'x')}--b--\r\n`, multipart)],
  [400, post('/data/a', part('entries', 'cut'), multipart)],
  [400, post('/data/a', 'x', { 'Content-Type': 'multipart/form-data; boundary=' })],
  [422, post('/data/a', '{}')],
  [200, get('/data/a?last_entry_id=0&count=5')],
  [200, get('/data/a+b?last_entry_id=0%2B0&count=5')],
  [422, get('/data/a?count=x')],
  [200, get('/streams/a')],
  [400, get('/streams/unknown?report_error=true')],
  [422, get(`/data/${'x'.repeat(513)}`)],
  [200, ask('DELETE', '/streams/a+unknown')],
  [200, get('/ping', { bare: true })],
  [500, get('/ping/error', { bare: true })],
  // The registry: bodies that are not looked at before, without a type, and in pieces.
  [200, { path: '/publish', body: publication }],
  [200, post('/publish', publication, { 'Content-Type': 'text/plain' })],
  [200, post('/publish', publication, { 'Transfer-Encoding': 'chunked' })],
  [400, post('/publish', '{"partition"')],
  [400, post('/publish', '')],
  [200, post('/getconnection/p', '{"uid_regex":"a","data_type":"T"}')],
  [404, post('/getconnection/none', '{"uid_regex":"a","data_type":"T"}')],
  [400, post('/getconnection/p', '{"uid_regex":"(","data_type":"T"}')],
  [405, get('/publish')],
  [200, get('/')],
  [200, get('/stats')],
  [200, post('/retract-partition', 'partition=p', form)],
  [404, post('/retract-partition', 'partition=p', form)],
  // JSON-RPC.
  [200, post('/rpc', call('sum', [1, 2]))],
  [200, post('/rpc', call('nothing-of-the-kind', []))],
  [200, post('/rpc', '{"jsonrpc')],
  [200, post('/rpc', '')],
  [204, post('/rpc', '{"jsonrpc":"2.0","method":"nothing"}')],
  [415, post('/rpc', call('sum', [1, 2]), { 'Content-Type': 'text/plain' })],
  [413, post('/rpc', call('echo', ['x'.repeat(200_000)]))],
  [405, get('/rpc')],
  [200, get('/healthz', { bare: true })],
  // The hub.
  [204, ask('PUT', '/sources/c', { body: '{"room":"hall"}', headers: json })],
  [422, ask('PUT', '/sources/c', { body: '[]', headers: json })],
  [400, inOwnWords(ask('PUT', '/sources/c', { body: '{', headers: json }))],
  [200, get('/sources/c')],
  [200, get('/sources')],
  [422, get('/sources/c/notifications?count=many')],
  [503, post('/sources/c/query', '{}')],
  [204, ask('DELETE', '/sources/c')],
  [404, ask('DELETE', '/sources/c')],
  // What is the host's own stays with its own parsers.
  [201, post('/host/echo', '{"a":[1]}')],
  [201, post('/host/echo', 'a=1&b=2', form)],
  [400, inOwnWords(post('/host/echo', '{"a"'))],
  [200, get('/host/file')],
  [500, get('/host/broken')],
];

/** Header fields that are part of the answer. */
const FIELDS = [
  'content-type',
  'allow',
  'www-authenticate',
  'cache-control',
  'entry-offset',
  'entry-gap',
  'entry-unreadable',
  'retry-after',
  'location',
];

/** What changes from one application to the other. */
const settle = (text: string): string =>
  text
    .replaceAll(/\b\d{13}-\d+\b/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.\d]*Z?/g, '<time>')
    .replaceAll(/\b\d+(\.\d+)? (ms|s|µs)(?!\w)/g, '<duration>')
    .replaceAll(/\b\d+:\d\d:\d\d(\.\d+)?/g, '<duration>')
    .replaceAll(/"since":\d+/g, '"since":<time>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<address>');

describe('An application on Express answers as one on Fastify', () => {
  const running = {} as Record<HttpAdapterName, RunningApplication>;
  const tokens = {} as Record<HttpAdapterName, string>;
  beforeAll(async () => {
    for (const adapter of BOTH_HTTP_ADAPTERS) {
      running[adapter] = await startApplication(
        [
          AuthModule.forRoot({ jwt: { secret: SECRET }, users: developmentUsers() }),
          StreamStoreModule.forRoot({ store: memoryStore() }),
          ConnectivityModule.forRoot({ frontPage: true }),
          RpcModule.forRoot({ maxTextLength: 100_000 }),
          ConnectorHubModule.forRoot({ sources: { thermostat: {} } }),
          PlaygroundModule,
          PlacesModule,
          HostModule,
        ],
        { adapter },
      );
      tokens[adapter] = await login(running[adapter].url, 'alice');
    }
  });
  // A server waits for connections that have not asked anything yet, until their time is over.
  afterAll(() => Promise.all(BOTH_HTTP_ADAPTERS.map((adapter) => running[adapter].close())));

  const answerOf = (adapter: HttpAdapterName, question: Question): Promise<object> => {
    const { method = 'POST', path, headers = {}, body, bare = false, ownWords = false } = question;
    const token = bare ? undefined : { Authorization: `Bearer ${tokens[adapter]}` };
    const { hostname, port } = new URL(running[adapter].url);
    return new Promise((resolve, reject) => {
      const options = { hostname, port, method, path, headers: { ...token, ...headers }, agent: false };
      const asked = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const fields = FIELDS.map((name) => [name, settle(String(response.headers[name] ?? ''))]);
          const text = settle(Buffer.concat(chunks).toString());
          const said = ownWords ? {} : { fields: Object.fromEntries(fields), text };
          resolve({ status: response.statusCode, ...said });
        });
      });
      asked.once('error', reject);
      asked.end(body);
    });
  };

  it.each(
    QUESTIONS.map(([status, question]) => {
      const { method = 'POST', path, body = '' } = question;
      return [`${method} ${path.slice(0, 60)} ${body.toString().slice(0, 40)}`.trim(), status, question] as const;
    }),
  )('%s', async (_name, status, question) => {
    const onFastify = await answerOf('fastify', question);
    expect(onFastify).toMatchObject({ status });
    expect(await answerOf('express', question)).toEqual(onFastify);
  });

  describe.each(BOTH_HTTP_ADAPTERS)('on %s', (adapter) => {
    const authorized = (): { headers: Record<string, string> } => ({
      headers: { Authorization: `Bearer ${tokens[adapter]}` },
    });
    const at = (path: string): string => `${running[adapter].url}${path}`;
    const socket = (path: string): Promise<SocketClient> =>
      SocketClient.open(`${running[adapter].wsUrl}${path}`, authorized());

    it('sets the cookie of a login, and takes it', async () => {
      const body = new URLSearchParams({ username: 'alice', password: 'alice' });
      const answer = await fetch(at('/token'), { method: 'POST', body });
      const cookie = answer.headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(/^authorization="Bearer [^"]+"; HttpOnly; Max-Age=2591940; Path=\/; SameSite=lax$/);
      const [pair = ''] = cookie.split(';');
      expect((await fetch(at('/who'), { headers: { Cookie: pair } })).status).toBe(200);
    });

    it.each([
      ['server-sent events', '/data/flow?last_entry_id=0', { Accept: 'text/event-stream' }, '"data":1'],
      ['MJPEG', '/mjpeg/flow', {}, '--frame'],
    ])('lets %s flow, and frees what they took when their reader goes', async (_kind, path, accept, text) => {
      const store = running[adapter].app.get(StreamStore);
      await store.append('flow', [Buffer.from('1')]);
      const leaving = new AbortController();
      const headers = { ...authorized().headers, ...accept };
      const answer = await fetch(at(path), { headers, signal: leaving.signal });
      expect(answer.status).toBe(200);
      let seen = '';
      const reading = (async () => {
        for await (const chunk of answer.body ?? []) seen += Buffer.from(chunk as Uint8Array).toString('latin1');
      })().catch(() => undefined);
      await waitFor('the beginning', () => seen.includes(text));
      leaving.abort();
      await reading;
      const { tails } = store as unknown as { tails: { get(stream: string): unknown } };
      await waitFor('the follower to be freed', () => !tails.get('flow'));
    });

    it('streams the parts of a query as lines', async () => {
      const connector = await RawConnector.connect(running[adapter].wsUrl, 'thermostat', { token: tokens[adapter] });
      const headers = { ...authorized().headers, ...json, Accept: 'application/x-ndjson' };
      const asked = fetch(at('/sources/thermostat/query'), { method: 'POST', headers, body: '{}' });
      const { address } = await connector.nextQuery();
      connector.respond(address, 100, [{ n: 1 }]);
      connector.respond(address, 204);
      expect(await (await asked).text()).toBe('{"n":1}\n');
      await connector.close();
    });

    it.each(['/data/flow/push', '/data/flow/pull', '/rpc', '/connections/p/watch', '/socket/a'])(
      'guards the socket %s before the upgrade, and opens it',
      async (path) => {
        const url = `${running[adapter].wsUrl}${path}`;
        const refused = await refusedHandshake(url);
        expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
        await (await socket(path)).close();
      },
    );

    it('refuses sockets of unknown paths, and moves entries through those of streams', async () => {
      const url = `${running[adapter].wsUrl}/nothing`;
      expect((await refusedHandshake(url, authorized())).status).toBe(404);
      const pull = await socket('/data/moved/pull');
      const push = await socket('/data/moved/push?ack=true');
      push.send(Buffer.from('entry'));
      expect(await push.nextText()).toMatch(/\d+-\d+/);
      expect(await pull.nextText()).toContain('moved');
      expect((await pull.next()).data.toString()).toBe('entry');
      await Promise.all([push.close(), pull.close()]);
    });

    it('ends sockets with 1012, and answers that flow on at their end, when it shuts down', async () => {
      const own = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
      const pull = await SocketClient.open(`${own.wsUrl}/data/film/pull`);
      const answer = await fetch(`${own.url}/data/film`, { headers: { Accept: 'text/event-stream' } });
      await own.close();
      expect((await pull.closed).code).toBe(1012);
      expect(await answer.text()).not.toContain('error');
    });
  });
});
