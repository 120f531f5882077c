import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateMaker } from '../../../../../test/support/certificates.js';
import { keepDevelopmentCertificate } from './keep-development-certificate.js';

describe('The certificate of development', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'millrace-tls-'))));
  afterEach(() => rmSync(directory, { recursive: true }));
  const keep = async (host = '127.0.0.1'): Promise<{ certificate: X509Certificate; authority: X509Certificate }> => {
    const { cert, authority } = await keepDevelopmentCertificate(directory, host);
    return {
      certificate: new X509Certificate(readFileSync(cert)),
      authority: new X509Certificate(readFileSync(authority)),
    };
  };

  it('is signed by an authority of its own, which it is not itself', async () => {
    const { certificate, authority } = await keep('hub.example.org');
    expect([certificate.ca, authority.ca]).toEqual([false, true]);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    for (const name of ['localhost', 'hub.example.org']) expect(certificate.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBeDefined();
  });

  it("keeps the key to its owner, and nothing of the authority's", async () => {
    await keep();
    expect(statSync(join(directory, 'tls/key.pem')).mode & 0o077).toBe(0);
    expect(readFileSync(join(directory, 'tls/ca.pem'), 'utf8')).not.toContain('PRIVATE');
  });

  it('stays the same while it is good, and is made anew for another host', async () => {
    const first = await keep();
    expect((await keep('0.0.0.0')).certificate.fingerprint256).toBe(first.certificate.fingerprint256);
    expect((await keep('hub.example.org')).certificate.fingerprint256).not.toBe(first.certificate.fingerprint256);
  });

  it.each(['cert.pem', 'key.pem', 'ca.pem'])('is made anew when %s is broken or gone', async (name) => {
    const first = await keep();
    writeFileSync(join(directory, 'tls', name), 'broken');
    const second = await keep();
    rmSync(join(directory, 'tls', name));
    const third = await keep();
    expect(new Set([first, second, third].map(({ certificate }) => certificate.fingerprint256)).size).toBe(3);
  });

  it('is made anew in time', async () => {
    const maker = await CertificateMaker.create();
    const old = await maker.make({ subjectAltName: 'DNS:localhost,IP:127.0.0.1', expired: true });
    mkdirSync(join(directory, 'tls'));
    const texts = { 'cert.pem': old.cert, 'key.pem': old.key, 'ca.pem': old.cert };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(directory, 'tls', name), text);
    const { certificate } = await keep();
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 300 * 24 * 3600 * 1000);
    await maker.remove();
  });
});
