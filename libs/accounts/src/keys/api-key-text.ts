import { hash, randomInt, timingSafeEqual } from 'node:crypto';

/** What every key begins with; no token does. */
const API_KEY_PREFIX = 'mr_';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 43 characters out of 62 hold 256 bits. */
const SECRET_LENGTH = 43;
const FORM = new RegExp(`^${API_KEY_PREFIX}([0-9A-Za-z]{${ID_LENGTH}})_([0-9A-Za-z]{${SECRET_LENGTH}})$`);
const DIGEST_BYTES = 32;

/** The two halves of a key. The id may be shown; the secret is known to the key's holder alone. */
interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

/** Whether a credential is meant to be a key, however broken. */
export function hasApiKeyForm(credential: string): boolean {
  return credential.startsWith(API_KEY_PREFIX);
}

/** The halves of a key; undefined when the text is none. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Both halves at random. */
export function randomApiKey(): ApiKeyParts {
  return { id: randomText(ID_LENGTH), secret: randomText(SECRET_LENGTH) };
}

/** The text its holder hands in. */
export function writeApiKey({ id, secret }: ApiKeyParts): string {
  return `${API_KEY_PREFIX}${id}_${secret}`;
}

/** What is kept of a secret: its SHA-256. A secret of 256 random bits needs no salt and no slow hash. */
export function hashApiKeySecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** A hash no secret fits; comparing with it costs what comparing with any other costs. */
export function decoyApiKeyHash(): string {
  return hashApiKeySecret(randomText(SECRET_LENGTH));
}

/** Whether a secret fits a hash; the comparison takes the same time wherever they differ. */
export function apiKeySecretFits(secret: string, stored: string): boolean {
  const expected = Buffer.from(stored, 'base64url');
  const given = Buffer.from(hashApiKeySecret(secret), 'base64url');
  return expected.length === DIGEST_BYTES && timingSafeEqual(given, expected);
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
