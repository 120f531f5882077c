import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly passphrase: string;
  /** Folder with `cert.pem` and `key.pem`. */
  readonly directory: string;
  remove(): void;
}

/** A self-signed certificate with `CN=localhost`, no subjectAltName, and a key that needs a passphrase. */
export function makeCertificate(): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const passphrase = 'for tests only';
  const config = join(directory, 'openssl.cnf');
  execFileSync('sh', ['-c', `printf '[req]\\ndistinguished_name=dn\\n[dn]\\n' > "${config}"`]);
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-days', '2', '-subj', '/CN=localhost', '-config', config],
      ...['-keyout', keyFile, '-out', certFile, '-passout', `pass:${passphrase}`],
    ],
    { stdio: 'ignore' },
  );
  return {
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    passphrase,
    directory,
    remove: () => rmSync(directory, { recursive: true }),
  };
}
