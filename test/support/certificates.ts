import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly certFile: string;
}

export interface CertificateOptions {
  commonName?: string;
  /** As OpenSSL writes it, for example `DNS:localhost,IP:127.0.0.1`; left out: none at all. */
  subjectAltName?: string;
  expired?: boolean;
  /** Encrypts the key. */
  passphrase?: string;
}

/** Makes self-signed certificates by the `openssl` command, in a folder of its own. */
export class CertificateMaker {
  private made = 0;
  private constructor(readonly directory: string) {}

  static async create(): Promise<CertificateMaker> {
    return new CertificateMaker(await mkdtemp(join(tmpdir(), 'millrace-certificates-')));
  }

  async make({
    commonName = 'localhost',
    subjectAltName,
    expired = false,
    passphrase,
  }: CertificateOptions = {}): Promise<Certificate> {
    const name = `c${++this.made}`;
    const path = (suffix: string): string => join(this.directory, `${name}${suffix}`);
    const config = [
      '[ca]',
      'default_ca=self',
      '[self]',
      `database=${path('.index')}`,
      `new_certs_dir=${this.directory}`,
      `serial=${path('.serial')}`,
      'default_md=sha256',
      'policy=any',
      'x509_extensions=extensions',
      '[any]',
      'commonName=supplied',
      '[req]',
      'distinguished_name=name',
      '[name]',
      '[extensions]',
      'basicConstraints=CA:true',
      ...(subjectAltName ? [`subjectAltName=${subjectAltName}`] : []),
    ].join('\n');
    await Promise.all([
      writeFile(path('.cnf'), config),
      writeFile(path('.index'), ''),
      writeFile(path('.serial'), '01\n'),
    ]);
    await run('openssl', [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ...(passphrase === undefined ? ['-nodes'] : ['-passout', `pass:${passphrase}`]),
      ...['-config', path('.cnf'), '-subj', `/CN=${commonName}`, '-keyout', path('.key'), '-out', path('.csr')],
    ]);
    const [start, end] = expired ? ['20200101000000Z', '20200201000000Z'] : ['20200101000000Z', '20400101000000Z'];
    await run('openssl', [
      ...['ca', '-batch', '-notext', '-selfsign', '-config', path('.cnf'), '-keyfile', path('.key')],
      ...(passphrase === undefined ? [] : ['-passin', `pass:${passphrase}`]),
      ...['-startdate', start, '-enddate', end, '-in', path('.csr'), '-out', path('.crt')],
    ]);
    const [key, cert] = await Promise.all([readFile(path('.key'), 'utf8'), readFile(path('.crt'), 'utf8')]);
    return { key, cert, certFile: path('.crt') };
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
