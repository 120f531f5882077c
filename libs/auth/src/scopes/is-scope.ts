/** Whether a text can be granted as a scope: a token parts scopes by spaces, and allows these characters (RFC 6749 section 3.3). */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}
