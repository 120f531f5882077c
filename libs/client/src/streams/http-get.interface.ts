import type { TlsSettings } from '../rpc/tls-settings.js';

/** What is asked for over HTTP. */
export interface HttpGetRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings | undefined;
  readonly signal: AbortSignal;
}

/** Asks a server over HTTP. @throws as a dialer: ServiceUnavailableError, InvalidServerCertificateError, … */
export type HttpGet = (request: HttpGetRequest) => Promise<{ readonly status: number; readonly body: string }>;
