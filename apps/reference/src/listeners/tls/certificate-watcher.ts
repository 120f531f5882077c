import { unwatchFile, watchFile } from 'node:fs';
import type { Logger } from '@nestjs/common';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.js';

/** How often the files are looked at, in milliseconds. By looking, replaced links and network drives are seen too. */
const INTERVAL = 1000;

/**
 * Reads certificate and key again whenever a file has changed. While only one of the two is new, or what is there is no
 * good, the old certificate stays in use and the log says why.
 */
export class CertificateWatcher {
  private readonly paths: readonly string[];

  constructor(
    private readonly files: CertificateFiles,
    private readonly use: (certificate: Certificate) => void,
    private readonly logger: Logger,
  ) {
    this.paths = [...new Set([files.cert, files.key])];
  }

  start(): void {
    for (const path of this.paths) watchFile(path, { interval: INTERVAL, persistent: false }, this.onChange);
  }

  stop(): void {
    for (const path of this.paths) unwatchFile(path, this.onChange);
  }

  private readonly onChange = (): void => void this.reload();

  private async reload(): Promise<void> {
    try {
      const certificate = await readCertificate(this.files);
      this.use(certificate);
      this.logger.log(`The certificate was replaced; the new one is valid until ${certificate.validTo.toISOString()}`);
    } catch (error) {
      this.logger.warn(`The old certificate stays in use: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
