/** The browser is to take an answer for what its type says, and not to look into it for something else. */
export const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' } as const;

/** No other site may show an answer within a page of its own; old browsers know the second name only. */
const UNFRAMED = { 'X-Frame-Options': 'DENY' } as const;

/**
 * For what users have stored: whatever it is, a browser that opens it runs and loads nothing of it, under an origin that is
 * nobody's. Pages of every origin may show it where it is loaded with a credential, as pictures are.
 */
export const STORED_DATA_HEADERS = {
  ...NO_SNIFFING,
  ...UNFRAMED,
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
} as const;

/** For stored pictures: a browser that opens one makes a page around it, whose styles are its own and must hold. */
export const STORED_PICTURE_HEADERS = {
  ...STORED_DATA_HEADERS,
  'Content-Security-Policy': "script-src 'none'; object-src 'none'; frame-ancestors 'none'; sandbox",
} as const;

/**
 * For an HTML page without scripts: it may load nothing, and use no styles but those given.
 *
 * @param style source of its styles, such as the hash of its `<style>` element
 */
export function staticPageHeaders(style = "'none'"): Readonly<Record<string, string>> {
  const policy = ["default-src 'none'", `style-src ${style}`, 'img-src data:'];
  return {
    ...NO_SNIFFING,
    ...UNFRAMED,
    'Content-Security-Policy': [...policy, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join(
      '; ',
    ),
    'Referrer-Policy': 'no-referrer',
  };
}
