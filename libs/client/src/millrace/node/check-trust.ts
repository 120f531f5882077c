import { ConfigurationError } from '../../errors/configuration.error.js';
import { InvalidServerCertificateError } from '../../errors/invalid-server-certificate.error.js';
import { CaBundleError } from '../../profiles/errors/ca-bundle.error.js';
import { trustedAuthorities } from '../../transport/node/trusted-authorities.js';
import type { TlsSettings } from '../../transport/tls-settings.js';

/** Reads whom to trust, so that a bad file is told from a bad server. @throws CaBundleError */
export async function checkTrust(tls: TlsSettings): Promise<void> {
  if (tls.caFile === undefined && tls.caPath === undefined && tls.caData === undefined) return;
  try {
    await trustedAuthorities(tls);
  } catch (error) {
    const place = tls.caFile ?? tls.caPath ?? 'the given text';
    if (error instanceof ConfigurationError)
      throw new CaBundleError(error.setting, place, 'cannot be read', { cause: error });
    if (error instanceof InvalidServerCertificateError)
      throw new CaBundleError('tls', place, 'holds no certificate', { cause: error });
    throw error;
  }
}
