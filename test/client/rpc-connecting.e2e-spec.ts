import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import {
  type RpcConnectorOptions,
  ConfigurationError,
  Connector,
  InvalidServerCertificateError,
  ServiceUnavailableError,
  UntrustedAuthorityError,
} from '@millrace/client';
import { CertificateMaker, type Certificate } from '../support/certificates.js';
import { waitFor } from '../support/waiting.js';
import { freePort } from '../support/free-port.js';
import { startPeer, startTcpPeer, type Peer, type PeerOptions } from './peers.js';
import { RecordingLogger } from './recording-logger.js';

const peers: Peer[] = [];
const keep = async (starting: Promise<Peer>): Promise<Peer> => {
  const peer = await starting;
  peers.push(peer);
  return peer;
};
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

/** What a connect attempt ends with, and how many attempts were made. */
async function failureOf(options: RpcConnectorOptions): Promise<{ error: Error; attempts: number }> {
  const logger = new RecordingLogger();
  const connecting = new Connector({ logger, attemptPeriod: 1, ...options }).connect();
  const error = await connecting.then(
    (instance) => instance.disconnect().then(() => new Error('It connected')),
    (failure: Error) => failure,
  );
  return { error, attempts: logger.of('DEBUG').filter((line) => line.startsWith('Attempt')).length };
}

describe('rpc#C1: addresses', () => {
  it('rpc#C1: host:port gives ws without tls; path and query go as given; no scheme, no sub-protocol', async () => {
    const seen: (string | undefined)[] = [];
    const peer = await keep(
      startPeer(undefined, {
        onConnection: (_ws, request) => seen.push(request.url, request.headers['sec-websocket-protocol']),
      }),
    );
    for (const uri of [peer.uri, `${peer.uri}/rpc?x=1`, `ws://${peer.uri}/`]) {
      await using instance = await new Connector({ uri }).connect();
      expect(instance.connected).toBe(true);
    }
    expect(seen).toEqual(['/', undefined, '/rpc?x=1', undefined, '/', undefined]);
  });

  it('rpc#C1: user and password become Basic authorisation and never reach the log', async () => {
    let authorization: string | undefined;
    const logger = new RecordingLogger();
    const peer = await keep(
      startPeer(undefined, { onConnection: (_ws, request) => (authorization = request.headers.authorization) }),
    );
    await using _instance = await new Connector({ uri: `mara:p%40ss%C3%BC@${peer.uri}`, logger }).connect();
    expect(authorization).toBe(`Basic ${Buffer.from('mara:p@ssü').toString('base64')}`);
    expect(logger.lines.join('\n')).not.toContain('p%40ss');
  });

  it('rpc#C1: redirects of the handshake are followed', async () => {
    const target = await keep(startPeer());
    const server = createHttpServer();
    server.on('upgrade', (_request, socket) =>
      socket.end(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ws://${target.uri}/there\r\nContent-Length: 0\r\n\r\n`),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await using instance = await new Connector({ uri: `127.0.0.1:${port}` }).connect();
    expect(instance.connected).toBe(true);
    expect(target.accepted()).toBe(1);
    server.close();
  });

  it('rpc#C1: a scheme that contradicts tls is refused when constructed', () => {
    expect(() => new Connector({ uri: 'wss://localhost:1' })).toThrow(ConfigurationError);
    expect(() => new Connector({ uri: 'ws://localhost:1', tls: {} })).toThrow(/tls is set/);
    expect(() => new Connector({ uri: 'http://localhost:1' })).toThrow(/only ws and wss/);
  });
});

describe('rpc#C2 #C5: attempts', () => {
  it('rpc#C2: maxAttempts N makes exactly N attempts and N-1 pauses of attemptPeriod', async () => {
    const started = performance.now();
    const { error, attempts } = await failureOf({
      uri: `127.0.0.1:${await freePort()}`,
      maxAttempts: 4,
      attemptPeriod: '0.1s',
    });
    expect(error.name).toBe('ConnectionRefusedError');
    expect(attempts).toBe(4);
    // Three pauses, no fourth: the lower bound is exact, the upper one leaves room for a busy machine.
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
  });

  it('rpc#C2: maxAttempts null tries until the server is reachable; the log shows no numbers', async () => {
    const port = await freePort();
    const logger = new RecordingLogger();
    const connecting = new Connector({
      uri: `127.0.0.1:${port}`,
      maxAttempts: null,
      attemptPeriod: 5,
      logger,
    }).connect();
    await waitFor('a few attempts', () => logger.of('DEBUG').length >= 5);
    const server = createHttpServer();
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    const outcome = expect(connecting).rejects.toMatchObject({ name: 'ProtocolError', status: 404 });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await outcome;
    server.close();
    expect(new Set(logger.of('DEBUG'))).toEqual(new Set(['Attempt']));
  });

  it('rpc#C2: the connector keeps no state and connects again after a failure', async () => {
    let refuse = true;
    const server = createHttpServer();
    const peer = await keep(startPeer());
    server.on('upgrade', (_request, socket) =>
      socket.end(refuse ? 'HTTP/1.1 503 Busy\r\n\r\n' : `HTTP/1.1 302 Found\r\nLocation: ws://${peer.uri}/\r\n\r\n`),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const connector = new Connector({ uri: `127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(connector.connect()).rejects.toMatchObject({ name: 'ProtocolError', status: 503 });
    refuse = false;
    const instances = [await connector.connect(), await connector.connect()];
    expect(instances.map((instance) => instance.connected)).toEqual([true, true]);
    await Promise.all(instances.map((instance) => instance.disconnect()));
    server.close();
  });

  it('rpc#C5: an abort ends the pause between attempts at once', async () => {
    const abort = new AbortController();
    const logger = new RecordingLogger();
    const connector = new Connector({
      uri: `127.0.0.1:${await freePort()}`,
      maxAttempts: null,
      attemptPeriod: '1h',
      logger,
    });
    const outcome = expect(connector.connect({ signal: abort.signal })).rejects.toThrow('enough');
    await waitFor('the first attempt', () => logger.of('DEBUG').length === 1);
    abort.abort(new Error('enough'));
    await outcome;
  });

  it('rpc#C5: an abort during the handshake leaves no socket', async () => {
    const peer = await keep(startTcpPeer((socket) => socket.resume()));
    const abort = new AbortController();
    const outcome = expect(new Connector({ uri: peer.uri }).connect({ signal: abort.signal })).rejects.toThrow(
      'enough',
    );
    await waitFor('the socket', () => peer.open() === 1);
    abort.abort(new Error('enough'));
    await outcome;
    await waitFor('the socket to go', () => peer.open() === 0);
  });

  it('rpc#C5: a signal that is aborted already makes no attempt', async () => {
    const peer = await keep(startTcpPeer(() => undefined));
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(new Connector({ uri: peer.uri }).connect({ signal })).rejects.toThrow('never mind');
    expect(peer.accepted()).toBe(0);
  });
});

describe('rpc#C3: which failure is which, and what is tried again', () => {
  let maker: CertificateMaker;
  let good: Certificate;
  let expired: Certificate;
  let foreign: Certificate;
  beforeAll(async () => {
    maker = await CertificateMaker.create();
    [good, expired, foreign] = await Promise.all([
      maker.make(),
      maker.make({ expired: true }),
      maker.make({ commonName: 'elsewhere.example', subjectAltName: 'DNS:elsewhere.example' }),
    ]);
  });
  afterAll(() => maker.remove());

  const answering = (answer: string): Promise<Peer> =>
    keep(startTcpPeer((socket) => socket.once('data', () => socket.end(answer))));
  const secure = (certificate: Certificate, options: PeerOptions = {}): Promise<Peer> =>
    keep(startPeer(undefined, { ...options, tls: certificate }));

  const retried: [string, string, () => Promise<Partial<RpcConnectorOptions> & { uri: string }>][] = [
    ['ConnectionRefusedError', 'connection refused', async () => ({ uri: `127.0.0.1:${await freePort()}` })],
    [
      'ConnectionRefusedError',
      'connection refused on every address of a name',
      async () => ({ uri: `localhost:${await freePort()}` }),
    ],
    ['HostNotFoundError', 'host name not resolvable', async () => ({ uri: 'no-such-host.invalid:80' })],
    [
      'ConnectTimeoutError',
      'no handshake answer in time',
      async () => ({ uri: (await keep(startTcpPeer(() => undefined))).uri, connectTimeout: 30 }),
    ],
  ];
  it.each(retried)(
    'rpc#C3: %s, which is "service unavailable", for %s, tried again',
    async (name, _situation, prepare) => {
      const { error, attempts } = await failureOf({ ...(await prepare()), maxAttempts: 3 });
      expect(error).toBeInstanceOf(ServiceUnavailableError);
      expect(error.name).toBe(name);
      expect(attempts).toBe(3);
    },
  );

  const final: [string, string, () => Promise<Partial<RpcConnectorOptions> & { uri: string }>][] = [
    [
      'UntrustedAuthorityError',
      'an untrusted certificate (C21)',
      async () => ({ uri: `localhost:${(await secure(good)).port}`, tls: {} }),
    ],
    [
      'ExpiredCertificateError',
      'an expired certificate (C21)',
      async () => ({ uri: `localhost:${(await secure(expired)).port}`, tls: { caData: expired.cert } }),
    ],
    [
      'WrongHostNameError',
      'a certificate of another host (C21)',
      async () => ({ uri: `localhost:${(await secure(foreign)).port}`, tls: { caData: foreign.cert } }),
    ],
    [
      'InvalidServerCertificateError',
      'TLS to a port that speaks plain',
      async () => ({ uri: (await answering('HTTP/1.1 400 Bad Request\r\n\r\n')).uri, tls: {} }),
    ],
    [
      'InvalidServerCertificateError',
      'a CA file without a certificate',
      async () => {
        const caFile = join(maker.directory, 'empty.pem');
        await writeFile(caFile, 'nothing in here');
        return { uri: `localhost:${(await secure(good)).port}`, tls: { caFile } };
      },
    ],
    [
      'ConfigurationError',
      'a CA file that is missing (flaw of the reference corrected)',
      async () => ({ uri: 'localhost:1', tls: { caFile: join(maker.directory, 'missing.pem') } }),
    ],
    [
      'ConfigurationError',
      'a CA folder that is missing',
      async () => ({ uri: 'localhost:1', tls: { caPath: join(maker.directory, 'missing') } }),
    ],
    ['ProtocolError', 'a plain connection to a TLS port', async () => ({ uri: (await secure(good)).uri })],
    ['ProtocolError', 'HTTP 200', async () => ({ uri: (await answering('HTTP/1.1 200 OK\r\n\r\n')).uri })],
    ['ProtocolError', 'HTTP 404', async () => ({ uri: (await answering('HTTP/1.1 404 Not Found\r\n\r\n')).uri })],
    ['ProtocolError', 'HTTP 503', async () => ({ uri: (await answering('HTTP/1.1 503 Busy\r\n\r\n')).uri })],
    ['ProtocolError', 'a close during the handshake', async () => ({ uri: (await answering('')).uri })],
    [
      'ProtocolError',
      'a reset during the handshake',
      async () => ({
        uri: (await keep(startTcpPeer((socket) => socket.once('data', () => socket.resetAndDestroy())))).uri,
      }),
    ],
    ['ProtocolError', 'an answer that is not HTTP', async () => ({ uri: (await answering('SSH-2.0-x\r\n')).uri })],
    ['ProtocolError', 'an empty host', async () => ({ uri: ':5000' })],
  ];
  it.each(final)('rpc#C3: %s for %s, at once also with unlimited attempts', async (name, _situation, prepare) => {
    const { error, attempts } = await failureOf({ ...(await prepare()), maxAttempts: null });
    expect(error.name).toBe(name);
    expect(error instanceof InvalidServerCertificateError).toBe(/Certificate|Authority|HostName/.test(name));
    expect(attempts).toBe(1);
  });

  it('rpc#C3: a port that is not a number is refused when constructed (flaw of the reference corrected)', () => {
    expect(() => new Connector({ uri: 'localhost:http' })).toThrow(ConfigurationError);
    expect(() => new Connector({ uri: 'localhost:70000' })).toThrow(ConfigurationError);
  });

  it('rpc#C3: with retryGatewayErrors, 502, 503, 504 and a cut handshake are tried again, 404 is not', async () => {
    for (const answer of ['HTTP/1.1 502 -\r\n\r\n', 'HTTP/1.1 503 -\r\n\r\n', 'HTTP/1.1 504 -\r\n\r\n', '']) {
      const { uri } = await answering(answer);
      const { error, attempts } = await failureOf({ uri, maxAttempts: 2, retryGatewayErrors: true });
      expect([error.name, attempts]).toEqual(['ServiceUnavailableError', 2]);
    }
    const { uri } = await answering('HTTP/1.1 404 -\r\n\r\n');
    expect((await failureOf({ uri, maxAttempts: 2, retryGatewayErrors: true })).attempts).toBe(1);
  });

  it('rpc#C21: a certificate with only a common name is accepted for localhost, by caFile, caPath and caData', async () => {
    const peer = await secure(good);
    const caPath = join(maker.directory, 'authorities');
    await mkdir(caPath);
    await writeFile(join(caPath, 'one.pem'), good.cert);
    await writeFile(join(caPath, 'README'), 'no certificate');
    for (const tls of [{ caFile: good.certFile }, { caPath }, { caData: good.cert }]) {
      await using instance = await new Connector({ uri: `localhost:${peer.port}`, tls }).connect();
      expect(instance.connected).toBe(true);
    }
  });

  it("rpc#C21: empty settings trust the system's authorities; given ones are trusted in their place", async () => {
    const peer = await secure(good);
    const before = process.env['SSL_CERT_FILE'];
    process.env['SSL_CERT_FILE'] = good.certFile;
    try {
      await using instance = await new Connector({ uri: `localhost:${peer.port}`, tls: {} }).connect();
      expect(instance.connected).toBe(true);
      const { error } = await failureOf({ uri: `localhost:${peer.port}`, tls: { caData: foreign.cert } });
      expect(error).toBeInstanceOf(UntrustedAuthorityError);
    } finally {
      if (before === undefined) delete process.env['SSL_CERT_FILE'];
      else process.env['SSL_CERT_FILE'] = before;
    }
  });
});

describe('rpc#C4: settings', () => {
  const bad: [string, Partial<RpcConnectorOptions>][] = [
    ['maxAttempts', { maxAttempts: 0 }],
    ['maxAttempts', { maxAttempts: -1 }],
    ['maxAttempts', { maxAttempts: 1.5 }],
    ['maxAttempts', { maxAttempts: Number.NaN }],
    ['attemptPeriod', { attemptPeriod: -0.1 }],
    ['attemptPeriod', { attemptPeriod: Infinity }],
    ['attemptPeriod', { attemptPeriod: 'soon' }],
    ['connectTimeout', { connectTimeout: -1 }],
    ['requestTimeout', { requestTimeout: 'forty days' }],
    ['maxMessageBytes', { maxMessageBytes: 0 }],
    ['uri', { uri: '' }],
    ['uri', { uri: '   ' }],
  ];
  it.each(bad)('rpc#C4: a bad %s is refused when constructed: %j', (setting, options) => {
    let error: unknown;
    try {
      new Connector({ uri: 'localhost:1', ...options });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ setting, code: 'INVALID_OPTIONS' });
  });
});
