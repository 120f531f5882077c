/**
 * The header of a token; undefined when there is none that we take.
 *
 * `crit` names extensions that a verifier must understand or refuse the token (RFC 7515 section 4.1.11). We understand none,
 * and without a name the member is malformed: a token that has it is refused, whatever stands in it. `b64` says that the
 * payload is not encoded, which no token may be (RFC 7797 section 7).
 */
export function readTokenHeader(token: string): Readonly<Record<string, unknown>> | undefined {
  const header = parse(token.slice(0, token.indexOf('.')));
  if (typeof header !== 'object' || header === null) return undefined;
  if (Object.hasOwn(header, 'crit') || (header as { b64?: unknown }).b64 === false) return undefined;
  return header as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    // Not JSON, so not a token; the caller refuses it.
    return undefined;
  }
}
