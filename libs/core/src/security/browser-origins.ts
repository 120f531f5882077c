import { Injectable } from '@nestjs/common';
import { MillraceError } from '../errors/millrace.error.js';
import { rawRequestOf } from '../http/raw-body.js';
import { ConnectionSecurity } from './connection-security.js';
import { isKnownHost, isLoopback } from './host-names.js';
import { canonicalOrigin, looksLikeBrowser, senderOf } from './request-origin.js';

/** What {@link BrowserOrigins} goes by. */
export interface BrowserRules {
  /** Origins whose pages may use the cookie, in their one form (see {@link canonicalOrigin}). */
  readonly origins?: readonly string[] | undefined;
  /** Names that the server answers for on every connection; without them, development looks at names on loopback alone. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether everybody can log in, so that pages of others must be kept out of what is open. */
  readonly development?: boolean | undefined;
}

/**
 * What pages in browsers may do, decided in one place for HTTP and handshakes: which of them may use the cookie, which may
 * change something in open places, and for which host names the server answers.
 *
 * @publicApi
 */
@Injectable()
export class BrowserOrigins {
  private listed: ReadonlySet<string> = new Set();
  private hosts: readonly string[] | undefined;
  private development = false;

  constructor(private readonly security: ConnectionSecurity) {}

  /** Sets the rules. Until it is called, no origin is listed, and open places and host names are open to all. */
  follow({ origins = [], hosts, development = false }: BrowserRules): void {
    this.listed = new Set(origins);
    this.hosts = hosts;
    this.development = development;
  }

  /** Whether the page that asks is of a listed origin, so that CORS may allow it credentials. */
  isListed(request: object): boolean {
    const { origin } = rawRequestOf(request).headers;
    const page = origin === undefined ? undefined : canonicalOrigin(origin);
    return page !== undefined && this.listed.has(page);
  }

  /**
   * Whether a cookie of a request or handshake counts: pages of this server and of listed origins may use it, and scripts may.
   *
   * @param changesByGet whether the request changes something although it is a GET. A browser that does not say which page asks
   *   has no use of the cookie there: it may have followed a link
   */
  mayUseCookie(request: object, changesByGet = false): boolean {
    const raw = rawRequestOf(request);
    const own = { authority: this.security.authorityOf(raw), secure: this.security.isSecure(raw) };
    const sender = senderOf(raw.headers, own, this.listed);
    if (sender === 'unsaid') return !(changesByGet && looksLikeBrowser(raw.headers));
    return sender !== 'foreign';
  }

  /** Whether a request may change something in an open place: outside development everybody may, pages of others too. */
  mayChange(request: object, changesByGet = false): boolean {
    return !this.development || this.mayUseCookie(request, changesByGet);
  }

  /** Throws 403 unless {@link mayChange}. */
  assertMayChange(request: object, changesByGet = false): void {
    if (this.mayChange(request, changesByGet)) return;
    const { origin } = rawRequestOf(request).headers;
    const page = origin === undefined ? 'another site' : short(origin);
    throw new MillraceError(
      'FOREIGN_ORIGIN',
      `A page of ${page} may not do this on a server in development: list its origin in AuthModule's option origins (MILLRACE_ORIGINS), or send a token`,
    );
  }

  /**
   * Throws 421 when a request asks for a host name that is not this server's: a site that points its own name at this machine
   * would pass for a page of it. Clients that send no name are let in.
   */
  assertHost(request: object): void {
    const raw = rawRequestOf(request);
    const isChecked = this.hosts !== undefined || (this.development && isLoopback(raw.socket?.localAddress));
    if (!isChecked) return;
    const authority = this.security.authorityOf(raw);
    if (authority === undefined || isKnownHost(authority, this.hosts ?? [])) return;
    throw new MillraceError(
      'UNKNOWN_HOST',
      `This server does not answer for the host ${short(authority)}: if that is its name, list it in AuthModule's option hosts (MILLRACE_HOSTS)`,
    );
  }
}

/** A text from outside, in one line and not endless. */
function short(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
