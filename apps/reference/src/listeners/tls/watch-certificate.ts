import { unwatchFile, watchFile } from 'node:fs';
import { thrownText } from '@millrace/protocol';
import type { Logger } from '@nestjs/common';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.js';

/** How often the files are looked at, in milliseconds. By looking, replaced links and network drives are seen too. */
const INTERVAL = 1000;

/**
 * Reads certificate and key again whenever a file has changed. While only one of the two is new, or what is there is no
 * good, the old certificate stays in use and the log says why.
 *
 * @returns ends it
 */
export function watchCertificate(
  files: CertificateFiles,
  use: (certificate: Certificate) => void,
  logger: Logger,
): () => void {
  const reload = async (): Promise<void> => {
    try {
      const certificate = await readCertificate(files);
      use(certificate);
      logger.log(`The certificate was replaced; the new one is valid until ${certificate.validTo.toISOString()}`);
    } catch (error) {
      logger.warn(`The old certificate stays in use: ${thrownText(error)}`);
    }
  };
  const onChange = (): void => void reload();
  const paths = new Set([files.cert, files.key]);
  for (const path of paths) watchFile(path, { interval: INTERVAL, persistent: false }, onChange);
  return () => {
    for (const path of paths) unwatchFile(path, onChange);
  };
}
