/** Pages run scripts and styles of their own files only, and speak to this server only; sockets are the same origin. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
} as const;

/** For every file. */
export const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/**
 * For a page: asked for anew each time, so that a new version is seen at once.
 *
 * @param policy directives that this page has in place of those of all pages, or beside them
 */
export function pageHeaders(policy: Readonly<Record<string, string>> = {}) {
  const directives = Object.entries({ ...POLICY, ...policy });
  return {
    ...COMMON,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': directives.map((directive) => directive.join(' ')).join('; '),
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-cache',
  } as const;
}

/** For the page of the console. */
export const PAGE_HEADERS = pageHeaders();

/** For files whose names change with what is in them. */
export const FILE_HEADERS = { ...COMMON, 'Cache-Control': 'public, max-age=31536000, immutable' } as const;
