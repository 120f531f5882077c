import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, CertificateMaker } from '../support/certificates.js';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { ScriptedServer } from './support/scripted-server.js';

describe('connector#42: a connector and a server with a certificate of its own making', () => {
  const connectors = new Connectors();
  let maker: CertificateMaker;
  let certificate: Certificate;
  let server: ScriptedServer;
  let directory: string;

  beforeAll(async () => {
    maker = await CertificateMaker.create();
    certificate = await maker.make({ subjectAltName: 'DNS:localhost' });
    server = await ScriptedServer.start({}, { tls: certificate });
    directory = await mkdtemp(join(tmpdir(), 'millrace-connector-'));
  });
  afterEach(() => connectors.close());
  afterAll(async () => {
    await server.close();
    await maker.remove();
    await rm(directory, { recursive: true });
  });

  const fromFile = async (connectKwArgs: string) => {
    const lines = [`targetServer=${server.url}`, 'authToken=token', 'sources=s', `connectKWArgs=${connectKwArgs}`];
    await writeFile(join(directory, 'server.config'), lines.join('\n'));
    return { targetServer: undefined, authToken: undefined, sources: undefined, directory, loggerConfig: false };
  };

  it('fails without a setting, and says why', async () => {
    const { source } = await connectors.start(server.url);
    // One may come no further than to the addresses of the name, of which it gives up the first one soon.
    await waitFor('the reason', () => source.status.lastError?.includes('self-signed certificate'));
    await waitFor('two attempts', () => source.status.attempts > 1);
    expect(server.links).toHaveLength(0);
  });

  it('succeeds by disableSslVerification of server.config, and only when it is true', async () => {
    const strict = await connectors.start('', {}, await fromFile('{"disableSslVerification": false}'));
    await waitFor('two attempts', () => strict.source.status.attempts > 1);
    expect(server.links).toHaveLength(0);
    await connectors.connect('', {}, await fromFile('{"disableSslVerification": true}'));
    expect(server.links).toHaveLength(1);
  });

  it('succeeds by the option tls, with the check off or with the certificate trusted', async () => {
    await connectors.connect(server.url, {}, { tls: { rejectUnauthorized: false } });
    await connectors.connect(server.url, {}, { tls: { ca: certificate.cert } });
  });

  it('fails when the certificate is for another host', async () => {
    const url = server.url.replace('localhost', '127.0.0.1');
    const { source } = await connectors.start(url, {}, { tls: { ca: certificate.cert } });
    await waitFor('an error', () => source.status.lastError);
    expect(source.status.lastError).toContain("does not match certificate's altnames");
  });

  it('disableSslVerification does no harm on a plain connection', async () => {
    const plain = await ScriptedServer.start();
    await connectors.connect(plain.url, {}, { tls: { rejectUnauthorized: false } });
    await connectors.close();
    await plain.close();
  });
});
