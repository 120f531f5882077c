import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** Cost of new hashes: 32 MiB of memory, about 60 ms on one core (OWASP's minimum for scrypt with p = 3). */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Bounds of what a stored hash may ask for, so that a damaged file cannot exhaust the memory. */
const MAX_MEMORY = 256 * 1024 * 1024;
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{11,}={0,2})\$([\w+/]{22,}={0,2})$/;

/** Hash of a password, as text with its salt and cost (PHC string format). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return write(salt, await derive(password, salt, KEY_BYTES, COST));
}

/** A hash no password fits; checking one against it costs what checking against any other costs. */
export function decoyHash(): string {
  return write(randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
}

function write(salt: Buffer, key: Buffer): string {
  const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=${Math.log2(COST.N)},r=${COST.r},p=${COST.p}$${encode(salt)}$${encode(key)}`;
}

/** Whether the text is a hash this module can check. */
export function isPasswordHash(text: string): boolean {
  return FORM.test(text);
}

/** Whether a password fits a hash; the comparison takes the same time wherever they differ. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt = '', stored = ''] = FORM.exec(hash) ?? [];
  if (ln === undefined) return false;
  const expected = Buffer.from(stored, 'base64');
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, 'base64'), expected.length, cost);
  return timingSafeEqual(key, expected);
}

function derive(password: string, salt: Buffer, length: number, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same password typed on two keyboards is the same text (RFC 8265).
    scrypt(password.normalize('NFKC'), salt, length, { ...cost, maxmem: MAX_MEMORY }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
