import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { replaceFile, writePrivateFile } from '@millrace/files';
import { isWildcard } from '../addresses.js';
import type { CertificateFiles } from './certificate.js';
import { makeDevelopmentCertificate } from './development-certificate.js';

/** Made anew this long before it runs out, in milliseconds. */
const RENEWAL = 30 * 24 * 3600 * 1000;

/** Rights of what clients are given. */
const PUBLIC = 0o644;

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
  await writePrivateFile(files.key, made.key);
  await replaceFile(files.cert, made.cert, PUBLIC);
  await replaceFile(files.authority, made.authority, PUBLIC);
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
