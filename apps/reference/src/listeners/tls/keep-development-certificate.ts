import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { makePrivateFolder } from '@millrace/files';
import { isWildcard } from '../addresses.js';
import type { CertificateFiles } from './certificate.js';
import { makeDevelopmentCertificate } from './development-certificate.js';

/** Made anew this long before it runs out, in milliseconds. */
const RENEWAL = 30 * 24 * 3600 * 1000;

/** Certificate and key, and the authority for clients to trust. */
export interface KeptFiles extends CertificateFiles {
  readonly authority: string;
}

/**
 * The certificate of development in the data folder; made when there is none yet, when it runs out soon, or when it lacks
 * the name the server listens at.
 */
export async function keepDevelopmentCertificate(dataDirectory: string, host: string): Promise<KeptFiles> {
  const folder = join(dataDirectory, 'tls');
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), authority: join(folder, 'ca.pem') };
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...(isWildcard(host) ? [] : [host])])];
  if (await isGood(files, hosts)) return files;
  const made = await makeDevelopmentCertificate(hosts);
  makePrivateFolder(folder);
  await write(files.key, made.key, 0o600);
  await write(files.cert, made.cert, 0o644);
  await write(files.authority, made.authority, 0o644);
  return files;
}

async function isGood(files: KeptFiles, hosts: readonly string[]): Promise<boolean> {
  try {
    const [cert, key, authority] = await Promise.all([files.cert, files.key, files.authority].map((f) => readFile(f)));
    const certificate = new X509Certificate(cert ?? '');
    return (
      certificate.checkPrivateKey(createPrivateKey(key ?? '')) &&
      certificate.verify(new X509Certificate(authority ?? '').publicKey) &&
      Date.parse(certificate.validTo) - Date.now() > RENEWAL &&
      hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
    );
  } catch {
    // Not there, or broken: whatever it is, new ones are better.
    return false;
  }
}

/** A reader never sees half a file. */
async function write(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
