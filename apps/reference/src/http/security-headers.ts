import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** A year, in seconds. */
const HSTS_AGE = 31_536_000;

/** Pages run scripts and styles of their own files only, and speak to this server only; sockets are the same origin. */
const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** All else is data: where a browser opens it, it runs and loads nothing. */
const DATA_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

const PAGES = /^\/(connections|docs|login)(?:[/?]|$)/;

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
 * makes. What a route sets by itself, such as the stricter policy of entries, comes before these.
 */
export function secureAnswers(server: Server, { hsts }: SecurityHeadersOptions): void {
  const plain = middlewares({ encrypted: false, hsts });
  const encrypted = middlewares({ encrypted: true, hsts });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { page, data } = (request.socket as { encrypted?: boolean }).encrypted === true ? encrypted : plain;
    (PAGES.test(request.url ?? '') ? page : data)(request, response, ignore);
  });
}

function middlewares({ encrypted, hsts }: { readonly encrypted: boolean; readonly hsts: boolean }): {
  readonly page: Middleware;
  readonly data: Middleware;
} {
  // Without helmet's defaults: `upgrade-insecure-requests` would break the pages where there is no TLS.
  const under = (directives: typeof DATA_POLICY): Middleware =>
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
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
  return { page: under(PAGE_POLICY), data: under(DATA_POLICY) };
}

const ignore = (): void => undefined;
