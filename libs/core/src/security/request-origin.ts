import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who sent a request, as its headers say: a page of this server or its user at the address bar, a page of a listed origin, any
 * other page; or `unsaid`, where the request names no page: a script, or a browser that leaves it out.
 */
export type RequestSender = 'own' | 'listed' | 'foreign' | 'unsaid';

/** What a request is compared with. */
export interface OwnAddress {
  /** Host and port that were asked for; undefined where the request does not say. */
  readonly authority: string | undefined;
  readonly secure: boolean;
}

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^\s/\\@?#]+$/i;
const AUTHORITY = /^[^\s/\\@?#]+$/;

/** An origin in its one form, without a default port: `https://hub.example.org`. Undefined for all other texts, such as `null`. */
export function canonicalOrigin(text: string): string | undefined {
  if (!ORIGIN.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, host } = new URL(text);
  return host === '' ? undefined : `${protocol}//${host}`;
}

/**
 * Says who sent a request. `Sec-Fetch-Site` is the browser's own word, which no page can write, so it counts before `Origin`.
 * Browsers leave it out of handshakes, and on plain connections to other machines; they name the origin of each handshake and
 * of each request that is not GET or HEAD.
 */
export function senderOf(headers: IncomingHttpHeaders, own: OwnAddress, listed: ReadonlySet<string>): RequestSender {
  const { origin, referer } = headers;
  const page = origin === undefined ? undefined : canonicalOrigin(origin);
  if (page !== undefined && listed.has(page)) return 'listed';
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
  if (origin !== undefined) return page !== undefined && isOwn(page, own) ? 'own' : 'foreign';
  // A page can leave its address out, and a redirect keeps it: it proves whom a request does not come from, and nothing else.
  const from = referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
  return from === undefined || listed.has(from) || isOwn(from, own) ? 'unsaid' : 'foreign';
}

/** A browser by its own account: each has called itself so, and no page can change it in a request that needs no consent. */
export function looksLikeBrowser({ 'user-agent': agent = '' }: IncomingHttpHeaders): boolean {
  return /^Mozilla\//i.test(agent);
}

/**
 * Whether an origin is that of the server asked. Where TLS ended at a proxy that nobody declared, the connection is plain and
 * the page is not: browsers let no page that came by TLS name itself to a server without.
 */
function isOwn(origin: string, { authority, secure }: OwnAddress): boolean {
  const { protocol, host } = new URL(origin);
  if (protocol !== 'https:' && (secure || protocol !== 'http:')) return false;
  if (authority === undefined || !AUTHORITY.test(authority)) return false;
  const address = `${protocol}//${authority}`;
  return URL.canParse(address) && new URL(address).host === host;
}
