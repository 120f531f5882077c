/**
 * Whom to trust on a TLS connection. All left out: the system's authorities. Otherwise the given ones are trusted in their
 * place; a self-signed server certificate is its own authority. In browsers only the empty form is possible.
 */
export interface TlsSettings {
  /** Path of a PEM file with certificates. */
  readonly caFile?: string;
  /** Path of a folder whose PEM files hold certificates. */
  readonly caPath?: string;
  /** Certificates as PEM text. */
  readonly caData?: string;
}
