import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { whyRefused } from '@millrace/files';
import { thrownText } from '@millrace/protocol';

/** Where certificate and key are, as PEM; the certificate's file may hold a chain, the server's own first. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Certificate and key that belong together. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Until when it is valid. */
  readonly validTo: Date;
}

/** Certificate or key cannot be used; the message names the variable and the file, and never what is in it. */
export class CertificateError extends Error {}

/** Reads certificate and key and makes sure that they can be used together. @throws CertificateError */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const cert = await read('TLS_CERT', files.cert);
  const key = await read('TLS_KEY', files.key);
  const { validTo } = parse('TLS_CERT', files.cert, () => new X509Certificate(cert));
  // Fails with "key values mismatch" when the two do not belong together.
  parse('TLS_KEY', files.key, () => createSecureContext({ cert, key }));
  return { cert, key, validTo: new Date(validTo) };
}

async function read(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = whyRefused(error) ?? `it must be a PEM file that this process may read (${code})`;
    throw new CertificateError(`${variable}: ${resolve(file)} cannot be read: ${reason}`, { cause: error });
  }
}

function parse<T>(variable: string, file: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw new CertificateError(
      `${variable}: ${resolve(file)} cannot be used (${thrownText(error)}); give a PEM file, and the key of the certificate`,
      { cause: error },
    );
  }
}
