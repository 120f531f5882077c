import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

/** Claims of a token that would be good. */
export const goodClaims = (): Record<string, unknown> => ({ sub: 'alice', exp: inAnHour(), scope: '*' });

/** Writes a token by hand, as an attacker would. */
export function forge(header: object, claims: object, signature: (input: string) => string): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signature(input)}`;
}

export const hmac =
  (secret: string | Buffer, hash = 'sha256') =>
  (input: string): string =>
    createHmac(hash, secret).update(input).digest('base64url');

export const rsa =
  (key: KeyObject) =>
  (input: string): string =>
    sign('sha256', Buffer.from(input), key).toString('base64url');

export const ecdsa =
  (key: KeyObject) =>
  (input: string): string =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');

export const rsaPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('rsa', { modulusLength: 2048 });

export const ecPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const pem = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
