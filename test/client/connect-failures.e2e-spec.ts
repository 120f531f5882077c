import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CaBundleError,
  ClientError,
  connect,
  ConnectionRefusedError,
  ConnectTimeoutError,
  ExpiredCertificateError,
  ForbiddenError,
  HostNotFoundError,
  InsecureKeyError,
  InvalidServerCertificateError,
  type Millrace,
  type MillraceOptions,
  NoEndpointError,
  nodeSources,
  ServiceUnavailableError,
  UnauthenticatedError,
  UntrustedAuthorityError,
  WrongHostNameError,
} from '@millrace/client';
import type { RequestListener } from 'node:http';
import { CertificateMaker, type Certificate } from '../support/certificates.js';
import { freePort } from '../support/free-port.js';
import { startPeer, startTcpPeer, type Peer, type PeerOptions } from './peers.js';
import { INFO } from './support/info-server.js';

/** Keys the server knows; what it was handed is kept. */
const KEY = 'mr_one_secret';

let maker: CertificateMaker;
let good: Certificate;
let home: string;
let peers: Peer[] = [];
let opened: Millrace[] = [];
let seen: { authorization: string | undefined; url: string | undefined }[] = [];

beforeAll(async () => {
  [maker, home] = await Promise.all([CertificateMaker.create(), mkdtemp(join(tmpdir(), 'millrace-home-'))]);
  good = await maker.make({ subjectAltName: 'DNS:localhost,IP:127.0.0.1' });
});
afterEach(async () => {
  await Promise.all(opened.map((millrace) => millrace.close({ timeout: 50 })));
  await Promise.all(peers.map((peer) => peer.close()));
  [peers, opened, seen] = [[], [], []];
});
afterAll(() => Promise.all([maker.remove(), rm(home, { recursive: true })]));

const answer: RequestListener = (request, response) => {
  const { authorization } = request.headers;
  seen.push({ authorization, url: request.url });
  const json = (status: number, body: unknown): void =>
    void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  if (authorization !== undefined && authorization !== `Bearer ${KEY}`) json(401, { detail: 'This key is not known' });
  else if (request.url === '/info') json(200, INFO);
  else if (request.url === '/streams') json(200, [request.socket.localPort]);
  else json(404, { detail: 'Not Found' });
};

async function start(options: PeerOptions = {}): Promise<Peer> {
  const peer = await startPeer(undefined, { onRequest: answer, ...options });
  peers.push(peer);
  return peer;
}

/** With a server certificate. */
const secure = (certificate: Certificate = good): Promise<Peer> => start({ tls: certificate });

const sourcesOf = (environment: Record<string, string>): MillraceOptions['sources'] =>
  nodeSources({ environment, home });

async function open(endpoint: string | string[] | undefined, options: MillraceOptions = {}): Promise<Millrace> {
  const millrace = await connect(endpoint, { sources: sourcesOf({}), onWarning: () => undefined, ...options });
  opened.push(millrace);
  return millrace;
}

const failureOf = async (
  endpoint: string | string[] | undefined,
  options: MillraceOptions = {},
): Promise<ClientError> => {
  const error = await open(endpoint, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClientError);
  return error as ClientError;
};

describe('Each failure has a class and a code of its own', () => {
  it('refused', async () => {
    const error = await failureOf(`127.0.0.1:${await freePort()}`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error.code).toBe('CONNECTION_REFUSED');
  });

  it('an unknown host', async () => {
    const error = await failureOf('no-such-host.invalid:80', { connectTimeout: '60s' });
    expect(error).toBeInstanceOf(HostNotFoundError);
    expect(error.code).toBe('HOST_NOT_FOUND');
  });

  it('a server that takes the connection and never answers: the deadline', async () => {
    const silent = await startTcpPeer((socket) => socket.resume());
    peers.push(silent);
    for (const options of [{ connectTimeout: 50 }, { connectTimeout: 50, tls: true }]) {
      const error = await failureOf(silent.uri, options);
      expect(error).toBeInstanceOf(ConnectTimeoutError);
      expect(error.code).toBe('CONNECT_TIMEOUT');
    }
    const abort = new AbortController();
    const waiting = expect(open(silent.uri, { signal: abort.signal })).rejects.toThrow('enough');
    abort.abort(new Error('enough'));
    await waiting;
    await expect(open(silent.uri, { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('a server that answers half: the deadline', async () => {
    const half = await start({ onRequest: (_request, response) => void response.writeHead(200).write('{"major') });
    expect(await failureOf(half.uri, { connectTimeout: 50 })).toBeInstanceOf(ConnectTimeoutError);
  });

  it('an untrusted authority', async () => {
    const error = await failureOf(`https://localhost:${(await secure()).port}`);
    expect(error).toBeInstanceOf(UntrustedAuthorityError);
    expect(error.code).toBe('UNTRUSTED_AUTHORITY');
  });

  it('an expired certificate', async () => {
    const expired = await maker.make({ expired: true });
    const { port } = await secure(expired);
    const error = await failureOf(`https://localhost:${port}`, { tls: { caData: expired.cert } });
    expect(error).toBeInstanceOf(ExpiredCertificateError);
    expect(error.code).toBe('CERTIFICATE_EXPIRED');
  });

  it('a wrong host name', async () => {
    const foreign = await maker.make({ commonName: 'elsewhere.example', subjectAltName: 'DNS:elsewhere.example' });
    const { port } = await secure(foreign);
    const error = await failureOf(`https://localhost:${port}`, { tls: { caFile: foreign.certFile } });
    expect(error).toBeInstanceOf(WrongHostNameError);
    expect(error.code).toBe('WRONG_HOST_NAME');
  });

  it('TLS to a plain port', async () => {
    const error = await failureOf(`https://localhost:${(await start()).port}`);
    expect(error).toBeInstanceOf(InvalidServerCertificateError);
    expect(error.code).toBe('INVALID_CERTIFICATE');
  });

  it('a CA bundle that cannot be read, or holds no certificate: before anything is dialled', async () => {
    const peer = await secure();
    const endpoint = `https://localhost:${peer.port}`;
    const empty = join(home, 'empty.pem');
    await writeFile(empty, 'nothing');
    const missing = join(home, 'missing.pem');
    for (const options of [
      { tls: { caFile: missing } },
      { tls: { caPath: missing } },
      { tls: { caFile: empty } },
      { tls: { caData: 'nothing' } },
      { sources: sourcesOf({ MILLRACE_CA_BUNDLE: missing }) },
      { sources: sourcesOf({ BTRDB_CA_BUNDLE: empty }) },
    ]) {
      const error = await failureOf(endpoint, options);
      expect(error).toBeInstanceOf(CaBundleError);
      expect(error.code).toBe('INVALID_CA_BUNDLE');
    }
    expect(peer.accepted()).toBe(0);
  });

  it('a wrong key, and a credential that does not allow it', async () => {
    const { port } = await secure();
    const tls = { caData: good.cert };
    const error = await failureOf(`localhost:${port}`, { tls, apiKey: 'mr_other' });
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401, detail: 'This key is not known' });
    expect(error.message).not.toContain('mr_other');
    const shut = await start({ onRequest: (_request, response) => void response.writeHead(403).end() });
    expect(await failureOf(shut.uri)).toBeInstanceOf(ForbiddenError);
  });

  it('no endpoint at all', async () => {
    expect(await failureOf(undefined)).toBeInstanceOf(NoEndpointError);
  });

  it('two credentials at once', async () => {
    const error = await failureOf('localhost:1', { token: 'x', apiKey: 'y' });
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', setting: 'token' });
  });
});

describe('Whom a key is sent to', () => {
  it('connection-profiles#13: a key on a plain port is refused, wherever it comes from, and nothing is dialled', async () => {
    const peer = await start();
    const cases: MillraceOptions[] = [
      { apiKey: KEY },
      { token: KEY },
      { sources: sourcesOf({ MILLRACE_API_KEY: KEY }) },
      { sources: sourcesOf({ BTRDB_API_KEY: KEY }) },
    ];
    for (const options of cases) {
      const error = await failureOf(peer.uri, options);
      expect(error).toBeInstanceOf(InsecureKeyError);
      expect(error.message).not.toContain(KEY);
    }
    expect(peer.accepted()).toBe(0);
    await open(peer.uri, { apiKey: KEY, keyInClear: true });
    expect(seen).toEqual([{ authorization: `Bearer ${KEY}`, url: '/info' }]);
  });

  it('connection-profiles#16: the key of a profile is not sent to another host unless asked', async () => {
    const { port } = await secure();
    await mkdir(join(home, '.millrace'), { recursive: true });
    const file = join(home, '.millrace/credentials.yaml');
    await writeFile(file, `default:\n  btrdb:\n    endpoints: "elsewhere.example:4411"\n    api_key: "${KEY}"\n`);
    const warnings: string[] = [];
    const options = { tls: { caData: good.cert }, onWarning: (warning: string) => void warnings.push(warning) };
    const without = await open(`localhost:${port}`, options);
    expect([seen.at(-1)?.authorization, without.token]).toEqual([undefined, undefined]);
    expect(warnings).toEqual([expect.stringContaining('kept back')]);
    expect(warnings[0]).not.toContain(KEY);
    await open(`localhost:${port}`, { ...options, keyForOtherHosts: true });
    expect(seen.at(-1)?.authorization).toBe(`Bearer ${KEY}`);
    await rm(file);
  });

  it('the key of a profile goes to its own host, and where it was found is said', async () => {
    const { port } = await secure();
    const file = join(home, '.millrace/credentials.yaml');
    await mkdir(join(home, '.millrace'), { recursive: true });
    await writeFile(file, `lab:\n  btrdb:\n    endpoints: "https://localhost:${port}"\n    api_key: "${KEY}"\n`);
    const sources = sourcesOf({ MILLRACE_CA_BUNDLE: good.certFile });
    const millrace = await open(undefined, { profile: 'lab', sources });
    expect(seen.at(-1)?.authorization).toBe(`Bearer ${KEY}`);
    expect(await millrace.info()).toEqual(INFO);
    expect(millrace.settings.endpoints).toEqual([`https://localhost:${port}`]);
    expect(millrace.settings.origins.apiKey).toMatchObject({ layer: 'profile' });
    expect(millrace.settings.origins.authorities).toMatchObject({ name: 'MILLRACE_CA_BUNDLE' });
    await rm(file);
  });

  it('a token or a login leaves a key of the environment alone, also on a plain port', async () => {
    const peer = await start();
    const millrace = await open(peer.uri, {
      token: KEY.replace('mr_', 'jwt.'),
      sources: sourcesOf({ MILLRACE_API_KEY: KEY }),
      check: false,
    });
    expect(millrace.token).toBe('jwt.one_secret');
  });

  it('authorities in the arguments beat those of the environment, which are not even read', async () => {
    const { port } = await secure();
    const sources = sourcesOf({ MILLRACE_CA_BUNDLE: '/nonexistent' });
    await open(`localhost:${port}`, { tls: { caData: good.cert }, sources });
    expect(seen).toHaveLength(1);
  });
});

describe('Several endpoints', () => {
  it('the first one that answers is used, and the next call begins with it', async () => {
    const [a, b] = [await start(), await start()];
    const millrace = await open(`127.0.0.1:${await freePort()},${a.uri},${b.uri}`);
    expect(millrace.url).toBe(`http://${a.uri}/`);
    expect(await millrace.streams.list()).toEqual([a.port]);
    expect(b.accepted()).toBe(0);
  });

  it('a silent one is passed over after its time', async () => {
    const silent = await startTcpPeer((socket) => socket.resume());
    peers.push(silent);
    const good = await start();
    // Asked again where a machine that stands still made the good one late.
    const millrace = await open([silent.uri, good.uri], { connectTimeout: 1000, maxAttempts: null, maxPause: 20 });
    expect(millrace.url).toBe(`http://${good.uri}/`);
  });

  it('when the one in use goes, the next call finds another', async () => {
    const [a, b] = [await start(), await start()];
    const millrace = await open([a.uri, b.uri]);
    await a.close();
    expect(await millrace.streams.list()).toEqual([b.port]);
    expect(millrace.url).toBe(`http://${b.uri}/`);
  });

  it('when none answers, the error tells of all', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const error = await failureOf([`127.0.0.1:${first}`, `127.0.0.1:${second}`]);
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(error.message).toContain(`127.0.0.1:${first}: connect ECONNREFUSED`);
    expect(error.message).toContain(`127.0.0.1:${second}: connect ECONNREFUSED`);
    expect((error.cause as AggregateError).errors).toHaveLength(2);
  });

  it('a certificate that cannot be trusted is no outage: it ends the matter', async () => {
    const untrusted = await secure();
    const other = await start();
    const error = await failureOf([`https://localhost:${untrusted.port}`, `http://${other.uri}`]);
    expect(error).toBeInstanceOf(UntrustedAuthorityError);
    expect(other.accepted()).toBe(0);
  });

  it('a refused credential is not tried elsewhere', async () => {
    const [a, b] = [await secure(), await secure()];
    const endpoints = [a, b].map(({ port }) => `https://localhost:${port}`);
    const error = await failureOf(endpoints, { tls: { caData: good.cert }, apiKey: 'mr_wrong' });
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(b.accepted()).toBe(0);
  });

  it('what may have been done is not done again elsewhere', async () => {
    const cut = await start({
      onRequest: (request, response) => {
        if (request.url === '/info') answer(request, response);
        else request.socket.destroy();
      },
    });
    const other = await start();
    const millrace = await open([cut.uri, other.uri]);
    await expect(millrace.sources.publish('x', {})).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(other.accepted()).toBe(0);
    expect(await millrace.streams.list()).toEqual([other.port]);
  });

  it('waits for a server that is not there yet, when told to', async () => {
    const port = await freePort();
    const connecting = open(`127.0.0.1:${port}`, { maxAttempts: null, maxPause: 20 });
    const late = await startPeer(undefined, { onRequest: answer, port });
    peers.push(late);
    expect(await (await connecting).info()).toEqual(INFO);
  });
});

describe('Deadlines and signals of calls', () => {
  const silentAfterInfo = (): Promise<Peer> =>
    start({ onRequest: (request, response) => (request.url === '/info' ? answer(request, response) : undefined) });

  it('connectTimeout 0 is no limit, also for requests', async () => {
    const { port } = await secure();
    const millrace = await open(`https://localhost:${port}`, { connectTimeout: 0, tls: { caData: good.cert } });
    expect(await millrace.streams.list()).toEqual([port]);
  });

  it('each call takes a deadline of its own, or that of the client', async () => {
    const { uri } = await silentAfterInfo();
    const millrace = await open(uri, { timeout: 40 });
    const patient = await open(uri);
    const calls = [
      millrace.streams.list(),
      millrace.streams.info('x'),
      millrace.registry.lookup('p', { dataType: 'd' }),
      millrace.registry.list('p'),
      millrace.sources.list(),
      millrace.sources.publish('x', {}),
      millrace.login({ name: 'a', password: 'b' }),
      patient.streams.list({ timeout: 30 }),
      patient.stream('x').push().send('y', { timeout: 30 }),
    ];
    await Promise.all(
      calls.map((call) => expect(call).rejects.toMatchObject({ name: 'RequestTimeoutError', code: 'TIMED_OUT' })),
    );
  });

  it('each call can be aborted', async () => {
    const { uri } = await silentAfterInfo();
    const millrace = await open(uri);
    const abort = new AbortController();
    const { signal } = abort;
    const calls = [
      millrace.streams.list({ signal }),
      millrace.sources.query('x', {}, { signal }).next(),
      millrace.registry.watch('p', { signal }).next(),
      millrace.registry.waitFor('p', {}, { signal }),
      millrace.stream('x').pull({ signal }).next(),
      millrace.stream('x').push().send('y', { signal }),
      millrace.info({ signal: AbortSignal.abort(new Error('enough')) }),
    ].map((call) => expect(call).rejects.toThrow('enough'));
    abort.abort(new Error('enough'));
    await Promise.all(calls);
  });

  it('close() ends what is under way', async () => {
    const { uri } = await silentAfterInfo();
    const millrace = await open(uri);
    const calls = [
      millrace.streams.list(),
      millrace.registry.watch('p').next(),
      millrace.stream('x').pull().next(),
      millrace.rpc.request('registry'),
    ].map((call) => expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' }));
    await millrace.close();
    await Promise.all(calls);
    await expect(millrace.streams.list()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  });
});

describe('A credential that cannot be sent', () => {
  it.each([
    ['token', { token: 'one\ntwo' }, {}],
    ['the argument apiKey', { apiKey: 'mr_one two' }, {}],
    ['MILLRACE_API_KEY', {}, { MILLRACE_API_KEY: 'mr_ä' }],
  ])('is refused by name, without being shown: %s', async (setting, options, environment) => {
    const failure = await failureOf('https://localhost:1', { ...options, sources: sourcesOf(environment) });
    expect(failure).toMatchObject({ code: 'INVALID_OPTIONS', setting });
    expect(failure.message).not.toMatch(/two|ä/);
  });
});

describe('A server that answers otherwise than was thought', () => {
  it('is not followed to another address: the error names it', async () => {
    const peer = await start({
      onRequest: (request, response) => {
        seen.push({ authorization: request.headers.authorization, url: request.url });
        response.writeHead(301, { Location: 'https://hub.example.org/info' }).end('<html>Moved</html>');
      },
    });
    await expect(open(peer.uri)).rejects.toMatchObject({
      name: 'ResponseError',
      status: 301,
      message: expect.stringContaining('https://hub.example.org/info') as string,
    });
    expect(seen).toHaveLength(1);
  });

  it('is not sent a second time what must not be done twice, when it dies over it on a connection that was idle', async () => {
    let arrived = 0;
    const peer = await start({
      onRequest: (request, response) => {
        if (request.url === '/info') answer(request, response);
        else {
          arrived += 1;
          request.socket.resetAndDestroy();
        }
      },
    });
    const millrace = await open([peer.uri, peer.uri]);
    await expect(millrace.request('POST', '/orders', { one: 1 })).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(arrived).toBe(1);
    await expect(millrace.request('GET', '/orders')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(arrived).toBeGreaterThan(2);
  });

  it.each([
    [200, { code: 'PROTOCOL_ERROR', message: 'The answer is larger than 268435456 bytes' }],
    [503, { name: 'ResponseError', message: 'GET /orders was answered with 503' }],
  ])('is not read without end, with status %i, and the connection is given up', async (status, failure) => {
    const part = Buffer.alloc(1024 * 1024);
    let written = 0;
    function* endless(): Generator<Buffer> {
      for (; ; written += 1) yield part;
    }
    let ended: Promise<unknown> | undefined;
    const peer = await start({
      onRequest: (request, response) => {
        if (request.url === '/info') return answer(request, response);
        ended = once(response, 'close');
        response.writeHead(status);
        Readable.from(endless()).pipe(response);
      },
    });
    const millrace = await open(peer.uri);
    await expect(millrace.request('GET', '/orders', undefined, { timeout: 0 })).rejects.toMatchObject(failure);
    await ended;
    // What buffers hold comes on top, those of the operating system with some tens of megabytes.
    expect(written).toBeLessThan((status === 200 ? 256 : 0) + 100);
  });
});
