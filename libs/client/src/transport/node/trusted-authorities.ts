import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { ConfigurationError } from '../../errors/client.error.js';
import { InvalidServerCertificateError } from '../../errors/connection.errors.js';
import { namesAuthorities, type TlsSettings } from '../socket.interface.js';

/** Where systems keep their authorities; the first that exists is read. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/;

/**
 * PEM texts of the authorities to trust.
 *
 * @throws ConfigurationError when a file or folder cannot be read
 * @throws InvalidServerCertificateError when what was read holds no certificate, so that no server could be trusted
 */
export async function trustedAuthorities(tls: TlsSettings): Promise<string[]> {
  if (!namesAuthorities(tls)) return systemAuthorities();
  const { caFile, caPath, caData } = tls;
  const texts: string[] = [];
  if (caFile !== undefined) texts.push(certificatesIn('tls.caFile', await read('tls.caFile', caFile)));
  if (caPath !== undefined) texts.push(...(await readFolder(caPath)));
  if (caData !== undefined) texts.push(certificatesIn('tls.caData', caData));
  return texts;
}

/** What a connection needs to trust these authorities alone. @throws as {@link trustedAuthorities} */
export async function contextOf(tls: TlsSettings): Promise<SecureContext> {
  return createSecureContext({ ca: await trustedAuthorities(tls) });
}

async function systemAuthorities(): Promise<string[]> {
  // What Node and OpenSSL read by themselves as long as no list is given.
  const { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS } = process.env;
  const named = [SSL_CERT_FILE, NODE_EXTRA_CA_CERTS].filter((path) => path !== undefined);
  const texts = await Promise.all(named.map(readQuietly));
  if (!SSL_CERT_FILE) texts.push(await firstOf(SYSTEM_BUNDLES));
  return [...rootCertificates, ...texts.filter((text) => CERTIFICATE.test(text))];
}

async function firstOf(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = await readQuietly(path);
    if (text) return text;
  }
  return '';
}

async function readFolder(path: string): Promise<string[]> {
  const setting = 'tls.caPath';
  const names = await readdir(path).catch((error: unknown) => {
    throw unreadable(setting, path, error);
  });
  const texts = await Promise.all(names.map((name) => readQuietly(join(path, name))));
  return [certificatesIn(setting, texts.filter((text) => CERTIFICATE.test(text)).join('\n'))];
}

async function read(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(setting, path, error);
  }
}

/** A bundle of the system, or an entry of a folder, that cannot be read simply has no say. */
function readQuietly(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function certificatesIn(setting: string, text: string): string {
  // Node takes a text without certificates without a word, and would then trust nobody.
  if (CERTIFICATE.test(text)) return text;
  throw new InvalidServerCertificateError(`${setting} holds no certificate, so no server can be trusted`);
}

function unreadable(setting: string, path: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(setting, `"${path}" cannot be read`, { cause });
}
