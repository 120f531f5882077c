const BYTES = 16;

/** A name that nobody has. Pages that came without TLS have no `crypto.randomUUID`. */
export function randomName(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
