import { X509Certificate } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect as connectPlain, createServer } from 'node:net';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type Certificate, CertificateMaker } from '../support/certificates.js';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory, failingReference, login } from '../support/reference.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { http1Request } from './support/http1-client.js';

const ALTERNATIVES = { subjectAltName: 'DNS:localhost,IP:127.0.0.1' };

function handshake(url: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port), ...options }, () => resolve(socket));
    socket.once('error', reject);
  });
}

describe('The port with TLS', () => {
  const directory = dataDirectory();
  let maker: CertificateMaker;
  let first: Certificate;
  let second: Certificate;
  let files: { TLS_CERT: string; TLS_KEY: string };
  let running: RunningListeners;
  const put = (name: 'TLS_CERT' | 'TLS_KEY', text: string): void => {
    writeFileSync(`${files[name]}.new`, text, { mode: 0o600 });
    renameSync(`${files[name]}.new`, files[name]);
  };
  const served = async (): Promise<string> => {
    const socket = await handshake(running.secureUrl, { rejectUnauthorized: false });
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  const printOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256;

  beforeAll(async () => {
    maker = await CertificateMaker.create();
    [first, second] = await Promise.all([maker.make(ALTERNATIVES), maker.make(ALTERNATIVES)]);
    files = { TLS_CERT: join(directory.path, 'server.crt'), TLS_KEY: join(directory.path, 'server.key') };
    put('TLS_CERT', first.cert);
    put('TLS_KEY', first.key);
    running = await startListeners(directory.path, files);
  });
  afterAll(async () => {
    await running.stop();
    await maker.remove();
    directory.remove();
  });

  it.each([
    ['h2 first', ['h2', 'http/1.1'], 'h2'],
    ['HTTP/1.1 alone', ['http/1.1'], 'http/1.1'],
    ['nothing', undefined, false],
  ])('agrees by ALPN with a client that offers %s', async (_offer, ALPNProtocols, agreed) => {
    const socket = await handshake(running.secureUrl, { ca: first.cert, ALPNProtocols });
    expect(socket.alpnProtocol).toBe(agreed);
    if (agreed !== 'h2') {
      socket.write('GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      expect(answer.toString()).toContain('HTTP/1.1 200 OK');
    }
    socket.destroy();
  });

  it('refuses a client that offers only protocols it does not speak', async () => {
    await expect(handshake(running.secureUrl, { ca: first.cert, ALPNProtocols: ['spdy/3'] })).rejects.toThrow(/alert/);
  });

  it('is not disturbed by clients that break the handshake, or distrust the certificate', async () => {
    const { hostname, port } = new URL(running.secureUrl);
    const broken = ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x00\x05hello', '\0'.repeat(1000), ''].map(
      (text) =>
        new Promise<void>((resolve) => {
          const socket = connectPlain(Number(port), hostname, () => socket.end(text, 'latin1'));
          socket.on('error', () => undefined).on('data', () => undefined);
          socket.once('close', () => resolve());
        }),
    );
    const distrustful = Array.from({ length: 5 }, () =>
      expect(handshake(running.secureUrl)).rejects.toThrow(/self.signed/),
    );
    const good = Array.from({ length: 10 }, async () => {
      expect((await http1Request(`${running.secureUrl}/ping`, { ca: first.cert })).status).toBe(200);
    });
    await Promise.all([...broken, ...distrustful, ...good]);
  });

  it('takes up a renewed certificate without a restart; connections that are there go on', async () => {
    const token = await login(running.url);
    const push = await SocketClient.open(
      `${running.secureUrl.replace('http', 'ws')}/data/kept/push?ack=true&token=${token}`,
      { ca: first.cert },
    );
    expect(await served()).toBe(printOf(first));
    // Certificate and key are never replaced in one moment: half of a pair must do no harm.
    put('TLS_CERT', second.cert);
    await waitFor('a word on half a pair', () => running.output().includes('The old certificate stays in use'));
    expect(await served()).toBe(printOf(first));
    put('TLS_KEY', second.key);
    await waitFor('the new certificate', async () => (await served()) === printOf(second));
    put('TLS_CERT', 'nonsense');
    await waitFor('a word on nonsense', () => running.output().split('The old certificate stays in use').length > 2);
    expect(await served()).toBe(printOf(second));
    put('TLS_CERT', second.cert);
    push.send(Buffer.from('still here'));
    expect(await push.nextText()).toContain('-');
    await push.close();
    expect(running.output()).not.toContain('PRIVATE KEY');
  });
});

describe('A start that cannot succeed', () => {
  it("names the key's file when it is not the certificate's", async () => {
    const directory = dataDirectory();
    const maker = await CertificateMaker.create();
    const [one, other] = await Promise.all([maker.make(ALTERNATIVES), maker.make(ALTERNATIVES)]);
    const key = join(directory.path, 'other.key');
    writeFileSync(key, other.key);
    const { code, output } = await failingReference(directory.path, { TLS_CERT: one.certFile, TLS_KEY: key });
    expect([code, output]).toEqual([1, expect.stringContaining(`TLS_KEY: ${key} `)]);
    await maker.remove();
    directory.remove();
  });

  it('names the port that is taken, and leaves nothing listening', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo;
    const directory = dataDirectory();
    const { code, output } = await failingReference(directory.path, { PLAIN_PORT: String(port) });
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(`Another process listens on port ${port} of 127.0.0.1. End it, or set PLAIN_PORT`),
    ]);
    expect(output).not.toContain('Millrace is listening');
    blocker.close();
    directory.remove();
  });
});

describe('Stopping with every port in use', () => {
  it('answers what is under way, says goodbye on each connection, and ends with code 0', async () => {
    const directory = dataDirectory();
    const running = await startListeners(directory.path);
    const token = await login(running.url);
    const headers = { authorization: `Bearer ${token}` };
    const wss = running.secureUrl.replace('http', 'ws');
    const socket = await SocketClient.open(`${wss}/data/x/pull`, { ca: running.ca, headers });
    const idleTls = await handshake(running.secureUrl, { ca: running.ca });
    const { hostname, port } = new URL(running.plainUrl);
    const silent = connectPlain(Number(port), hostname);
    const underWay = async (): Promise<number> => {
      const { body } = await http1Request(`${running.plainUrl}/metrics`);
      return Number(/^starlette_requests_in_progress\{method="GET"[^}]*\} (\d+)$/m.exec(body.toString())?.[1]);
    };
    const others = await underWay();
    let answered = 0;
    const goodbyes = await Promise.all(
      [running.plainUrl, running.secureUrl].map(async (url) => {
        const session = connectHttp2(url, { ca: running.ca });
        await new Promise((resolve) => session.once('remoteSettings', resolve));
        const goodbye = new Promise<number>((resolve) => session.once('goaway', resolve));
        // Waits for an entry that comes while the server is already shutting down.
        const stream = session.request({ ':path': `/data/late?last_entry_id=$&block=600`, ...headers });
        const status = new Promise((resolve) => stream.once('response', (got) => resolve(got[':status'])));
        void status.then(() => (answered += 1));
        stream.resume();
        return { goodbye, status };
      }),
    );
    const closed = [idleTls, silent].map((one) => {
      one.on('error', () => undefined).resume();
      return new Promise<void>((resolve) => one.once('close', () => resolve()));
    });
    const waiting = http1Request(`${running.secureUrl}/data/late?last_entry_id=$&block=600`, {
      ca: running.ca,
      headers,
    });
    void waiting.finally(() => (answered += 1)).catch(() => undefined);
    // On a slow machine one may have been answered before the last has come.
    await waitFor('the three long polls to come in', async () => (await underWay()) - others + answered >= 3);
    const stopped = running.stop();
    expect((await socket.closed).code).toBe(1012);
    for (const { goodbye, status } of goodbyes) {
      expect(await goodbye).toBe(0);
      expect([200, 404]).toContain(await status);
    }
    expect([200, 404]).toContain((await waiting).status);
    await Promise.all(closed);
    expect(await stopped).toBe(0);
    expect(running.output()).not.toContain('took too long');
    directory.remove();
  }, 300_000);

  it('cuts requests without end after its deadline', async () => {
    const directory = dataDirectory();
    const running = await startListeners(directory.path);
    const headers = { authorization: `Bearer ${await login(running.url)}` };
    const session = connectHttp2(running.secureUrl, { ca: running.ca });
    session.on('error', () => undefined);
    const stream = session.request({ ':path': '/data/never?last_entry_id=$&block=60000', ...headers });
    stream.on('error', () => undefined).resume();
    await new Promise((resolve) => session.ping(resolve));
    const cut = new Promise<void>((resolve) => session.once('close', () => resolve()));
    expect(await running.stop()).toBe(0);
    await cut;
    directory.remove();
  }, 300_000);
});
