/** When a JSON Web Token runs out, as ISO 8601; undefined when it does not say. Nothing is verified: that is the server's part. */
export function expiryOf(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const seconds = (payload as { exp?: unknown } | null)?.exp;
    return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined;
  } catch {
    // Not a JSON Web Token: tokens are the server's affair.
    return undefined;
  }
}
