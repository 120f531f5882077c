import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { MillraceWsAdapter } from '@millrace/core';
import { CertificateMaker } from '../support/certificates.js';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';
import { PYTHON_CONNECTORS, PythonConnector, type PythonConnectorOptions } from './support/python-connector.js';
import { RawConnector } from './support/raw-connector.js';

describe.each(PYTHON_CONNECTORS)('Sessions of an existing connector of %s frames', (kind) => {
  let running: RunningHub;
  const started: PythonConnector[] = [];
  beforeEach(async () => {
    // Refusals are forgotten after four times the longest delay, also while the machine stands still.
    const patience = { maxRefusalDelay: '10s', reclaimWait: '60s', queryTimeout: '60s' } as const;
    running = await startHub({ ...patience, sources: { a: { room: 'lab' }, b: {}, c: {} } });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((connector) => connector.stop('SIGKILL')));
    await running.close();
  });

  const start = (sources: string[], options: Omit<PythonConnectorOptions, 'sources'> = {}): PythonConnector => {
    const connector = PythonConnector.start(kind, running.wsUrl, { sources, ...options });
    started.push(connector);
    return connector;
  };
  const connect = async (sources: string[], options: Omit<PythonConnectorOptions, 'sources'> = {}) => {
    const connector = start(sources, options);
    for (const source of sources) await connector.until('connect', { source });
    return connector;
  };
  const publish = async (connector: PythonConnector, source: string): Promise<void> => {
    const count = connector.of('publish', source).length + 1;
    await running.hub.publish(source, { number: count });
    expect((await connector.until('publish', { source, count })).object).toEqual({ number: count });
  };

  it('connector#48: a connector with a refused token stops, and never comes back', async () => {
    const connector = start(['a'], { token: 'wrong' });
    const { code, said } = await connector.ended;
    expect(code).toBe(3);
    if (kind === 'text') {
      expect(said).toBe(
        'Connect call failed: 401 :: millrace.hub.authenticationFailed:The credential was not accepted',
      );
    }
    expect(connector.of('attempt')).toHaveLength(1);
    expect(running.hub.counters.refusedTokens).toBe(1);
  });

  it('connector#51: an unknown source is refused, each time later, to a connector that comes back at once', async () => {
    const connector = start(['nobody']);
    const { at: fourth } = await connector.until('refused', { count: 4 });
    const [first] = connector.of('refused');
    expect(first?.status).toBe(404);
    // 40, 80 and 160 ms are due before the others.
    expect(fourth - (first?.at ?? 0)).toBeGreaterThan(0.25);
    expect(connector.of('connect')).toEqual([]);
    await running.hub.setConfiguration('nobody', { now: 'there' });
    expect((await connector.until('connect')).config).toEqual({ now: 'there' });
  });

  it('connector#69: a second connector with another secret is refused; the first is untouched', async () => {
    const first = await connect(['a']);
    const second = start(['a']);
    expect((await second.until('refused', { count: 3 })).status).toBe(409);
    await publish(first, 'a');
    expect(first.of('close')).toEqual([]);
    expect(second.of('connect')).toEqual([]);
    // Its chance comes when the first has ended.
    await first.stop();
    await second.until('connect');
    await publish(second, 'a');
  });

  it('connector#70: a half-open session is taken over at once with the same secret; its later end changes nothing', async () => {
    const first = await connect(['a'], { secret: 'mine' });
    first.signal('SIGSTOP');
    const asked = running.hub.query('a').catch((error: unknown) => error);
    const second = await connect(['a'], { secret: 'mine' });
    expect(await asked).toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    expect(second.of('refused')).toEqual([]);
    await publish(second, 'a');
    await first.stop('SIGKILL');
    await waitFor('the end of the first', () => running.hub.sessions().length === 1);
    await publish(second, 'a');
    expect(second.of('close')).toEqual([]);
  });

  it('connector#72: a changed configuration and reconnectRequired reach only their source', async () => {
    const connector = await connect(['a', 'b', 'c']);
    expect(connector.of('connect', 'a')[0]?.config).toEqual({ room: 'lab' });
    await running.hub.setConfiguration('a', { room: 'hall' });
    // What is published meanwhile reaches the new session, once.
    await publish(connector, 'a');
    await running.hub.requireReconnect('b');
    await publish(connector, 'b');
    await publish(connector, 'c');
    expect(connector.of('connect', 'a').map(({ config }) => config)).toEqual([{ room: 'lab' }, { room: 'hall' }]);
    expect(connector.of('connect', 'b')).toHaveLength(2);
    expect(connector.of('connect', 'c')).toHaveLength(1);
    expect(connector.of('publish')).toHaveLength(3);
    // One kind closes its socket and comes back, the other claims again on the same one.
    expect(connector.of('attempt')).toHaveLength(kind === 'text' ? 5 : 3);
  });

  it('connector#73: pings are answered', async () => {
    const connector = await connect(['a']);
    await running.hub.publish('a', { pings: 5 });
    await connector.until('pong', { count: 5 });
  });

  it('connector#73: a connector that answers no pings is dropped, and its source is free', async () => {
    await running.close();
    running = await startHub({}, { sockets: { pingInterval: '500ms', pingTimeout: '1s' } });
    const connector = await connect(['a']);
    // One that stands still for a second by itself is dropped before, and comes back.
    const met = (event: 'connect' | 'close' | 'publish'): number => connector.of(event).length;
    const serves = (): boolean => met('connect') > met('close') && running.hub.sessions().length === 1;
    await waitFor('a publish that arrives', async () => {
      await running.hub.publish('a', {}).catch(() => undefined);
      return met('publish') > 0 && serves();
    });
    connector.signal('SIGSTOP');
    const [connects, closes] = [met('connect'), met('close')];
    await waitFor('the end of its session', () => running.hub.sessions().length === 0);
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
    connector.signal('SIGCONT');
    expect((await connector.until('close', { count: closes + 1 })).code).toBe(1006);
    await connector.until('connect', { count: connects + 1 });
  });

  it('connector#76: garbage from another client disturbs nothing', async () => {
    const connector = await connect(['a', 'b']);
    const garbage = ['{', '[]', '5', '{"op":5}', '{"status":"500"}', '['.repeat(50_000)];
    for (let round = 0; round < 20; round += 1) {
      const hostile = await RawConnector.open(running.wsUrl, 'c');
      for (let each = 0; each < 10; each += 1) hostile.send(garbage[(round + each) % garbage.length] ?? '');
      await publish(connector, round % 2 ? 'a' : 'b');
      expect((await hostile.closed).code).toBe(1008);
    }
    expect(await running.hub.query('a', { answers: [[200, [{ n: 1 }]]] })).toEqual([{ n: 1 }]);
    expect(connector.of('close')).toEqual([]);
  });

  it('connector#79: eviction closes with 1013; the connector pauses before it returns', async () => {
    const connector = await connect(['a']);
    expect(running.hub.evict({ source: 'a' })).toBe(1);
    const closed = await connector.until('close');
    expect(closed.code).toBe(1013);
    const again = await connector.until('attempt', { count: 2 });
    expect(again.at - closed.at).toBeGreaterThan(0.4);
    await connector.until('connect', { count: 2 });
    await publish(connector, 'a');
  });

  it('connector#79: shutdown closes with 1012; the connector pauses before it returns', async () => {
    const connector = await connect(['a']);
    await running.close();
    const closed = await connector.until('close');
    expect(closed.code).toBe(1012);
    expect((await connector.until('attempt', { count: 2 })).at - closed.at).toBeGreaterThan(0.4);
    running = await startHub();
  });
});

describe.each(PYTHON_CONNECTORS)('Sessions over TLS of an existing connector of %s frames', (kind) => {
  it('connector§2.2: is served where it trusts the certificate, and stays away where it does not', async () => {
    const certificates = await CertificateMaker.create();
    const [trusted, foreign] = [
      await certificates.make({ subjectAltName: 'DNS:localhost' }),
      await certificates.make({ subjectAltName: 'DNS:localhost' }),
    ];
    const server = createServer({ key: trusted.key, cert: trusted.cert });
    const attach = (app: INestApplication): void => {
      const sockets = new MillraceWsAdapter(app);
      app.useWebSocketAdapter(sockets);
      sockets.attach(server);
    };
    const running = await startHub({}, { sockets: false, prepare: attach });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const url = `wss://localhost:${(server.address() as AddressInfo).port}`;
    const sources = ['a'];
    const stranger = PythonConnector.start(kind, url, { sources, certificate: foreign.certFile });
    expect((await stranger.until('failure')).fault).toBe('SSLCertVerificationError');
    const connector = await PythonConnector.connect(kind, url, { sources, certificate: trusted.certFile });
    expect(await running.hub.query('a', { answers: [[200, { over: 'TLS' }]] })).toEqual([{ over: 'TLS' }]);
    expect(stranger.of('connect')).toEqual([]);
    await Promise.all([stranger.stop(), connector.stop()]);
    await running.close();
    server.close();
    await certificates.remove();
  });
});

describe('Sessions of an existing connector of binary frames, as only that kind does', () => {
  let running: RunningHub;
  beforeAll(async () => {
    running = await startHub();
  });
  afterAll(() => running.close());

  it('connector#48: it may authenticate again on the socket of a refused token', async () => {
    const token = ['wrong', 'token'];
    const connector = await PythonConnector.connect('binary', running.wsUrl, { sources: ['a'], token });
    expect(connector.of('refused').map(({ status }) => status)).toEqual([401]);
    expect(connector.of('attempt')).toHaveLength(1);
    await connector.stop();
  });

  it('connector#49: it authenticates by user and password', async () => {
    const user = ['ada', 'lovelace'] as const;
    const connector = await PythonConnector.connect('binary', running.wsUrl, { sources: ['b'], user });
    expect(running.hub.sessions()).toMatchObject([{ source: 'b', subject: 'ada', frames: 'binary' }]);
    await connector.stop();
  });
});
