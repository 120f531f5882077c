import type { Settings } from '../../config/settings.js';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.js';

/** What a port with TLS needs. */
export interface TlsSource {
  readonly files: CertificateFiles;
  readonly certificate: Certificate;
  /** File of the authority, where it is one that clients must be told to trust. */
  readonly authority?: string;
}

/** Certificate and key from the files the settings name, or those of development. @throws CertificateError */
export async function findCertificate({ tls, dataDirectory, host }: Settings): Promise<TlsSource | undefined> {
  if (!tls) return undefined;
  if (tls.certificate) return { files: tls.certificate, certificate: await readCertificate(tls.certificate) };
  // Loaded where it is asked for: it takes a library of its own.
  const { keepDevelopmentCertificate } = await import('./keep-development-certificate.js');
  const files = await keepDevelopmentCertificate(dataDirectory, host);
  return { files, certificate: await readCertificate(files), authority: files.authority };
}
