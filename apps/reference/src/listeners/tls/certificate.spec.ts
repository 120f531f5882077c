import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, CertificateMaker } from '../../../../../test/support/certificates.js';
import { CertificateError, readCertificate } from './certificate.js';

describe('Reading a certificate', () => {
  let maker: CertificateMaker;
  const files: Record<string, string> = {};
  beforeAll(async () => {
    maker = await CertificateMaker.create();
    const keep = (name: string, text: string): void => {
      files[name] = join(maker.directory, name);
      writeFileSync(files[name], text);
    };
    const made: Certificate[] = await Promise.all([maker.make(), maker.make(), maker.make({ passphrase: 'secret' })]);
    made.forEach(({ cert, key }, index) => {
      keep(`cert${index}`, cert);
      keep(`key${index}`, key);
    });
    keep('empty', '');
    keep('chain', `${made[0]?.cert ?? ''}${made[1]?.cert ?? ''}`);
    files['nowhere'] = join(maker.directory, 'nowhere');
  });
  afterAll(() => maker.remove());
  const read = (cert: string, key: string): ReturnType<typeof readCertificate> =>
    readCertificate({ cert: files[cert] ?? '', key: files[key] ?? '' });

  it.each(['cert0', 'chain'])('takes a pair: %s', async (cert) => {
    expect((await read(cert, 'key0')).validTo.getUTCFullYear()).toBe(2040);
  });

  it.each([
    ['a certificate that is not there', 'nowhere', 'key0', 'TLS_CERT', 'ENOENT'],
    ['a key that is not there', 'cert0', 'nowhere', 'TLS_KEY', 'ENOENT'],
    ['an empty certificate', 'empty', 'key0', 'TLS_CERT', 'cannot be used'],
    ['an empty key', 'cert0', 'empty', 'TLS_KEY', 'cannot be used'],
    ['a key for a certificate', 'key0', 'key0', 'TLS_CERT', 'cannot be used'],
    ["another certificate's key", 'cert0', 'key1', 'TLS_KEY', 'mismatch'],
    ['an encrypted key', 'cert2', 'key2', 'TLS_KEY', 'cannot be used'],
  ])('refuses %s, and names variable and file', async (_what, cert, key, variable, reason) => {
    const attempt = read(cert, key);
    await expect(attempt).rejects.toThrow(CertificateError);
    await expect(attempt).rejects.toThrow(`${variable}: ${files[variable === 'TLS_CERT' ? cert : key]}`);
    await expect(attempt).rejects.toThrow(reason);
  });
});
