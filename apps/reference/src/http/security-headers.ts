import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** A year, in seconds. */
const HSTS_AGE = 31_536_000;

/** What a route has no policy of its own for is data: where a browser opens it, it runs and loads nothing. */
const POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

type Middleware = ReturnType<typeof helmet>;

export interface SecurityHeadersOptions {
  /**
   * Whether browsers are to ask this host by TLS only, from their first answer by TLS on. That holds for all ports of the host,
   * also for those without TLS, so it is the operator's word.
   */
  readonly hsts: boolean;
}

/**
 * Puts the headers that keep browsers in bounds on every answer: on those of HTTP/1.1 and HTTP/2, and on those that no route
 * makes. What a route sets by itself, such as the policies of entries and of the console, comes before these.
 */
export function secureAnswers(server: Server, { hsts }: SecurityHeadersOptions): void {
  const plain = middleware({ encrypted: false, hsts });
  const encrypted = middleware({ encrypted: true, hsts });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const isEncrypted = (request.socket as { encrypted?: boolean }).encrypted === true;
    (isEncrypted ? encrypted : plain)(request, response, ignore);
  });
}

function middleware({ encrypted, hsts }: { readonly encrypted: boolean; readonly hsts: boolean }): Middleware {
  // Without helmet's defaults: `upgrade-insecure-requests` would break the pages where there is no TLS.
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    // Without TLS, browsers ignore these two; and complain about the first.
    crossOriginOpenerPolicy: encrypted,
    strictTransportSecurity: encrypted && hsts && { maxAge: HSTS_AGE, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    // Browsers complain where an older page of the same site was open before.
    originAgentCluster: false,
    // For browsers and plug-ins that are gone.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
  });
}

const ignore = (): void => undefined;
