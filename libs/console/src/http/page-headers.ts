/** Pages run scripts and styles of their own files only, and speak to this server only; sockets are the same origin. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** For the page: asked for anew each time, so that a new version is seen at once. */
export const PAGE_HEADERS = {
  ...COMMON,
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-cache',
} as const;

/** For files whose names change with what is in them. */
export const FILE_HEADERS = { ...COMMON, 'Cache-Control': 'public, max-age=31536000, immutable' } as const;
