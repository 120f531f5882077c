import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { whyRefused } from '@millrace/files';
import { optionError, type TokenAlgorithm, type TokenKeyOptions } from '../auth.options.js';

/** A key as it is used: parsed once, so that no token pays for parsing it again. */
export interface TokenKey {
  readonly kid: string | undefined;
  readonly algorithm: TokenAlgorithm;
  /** Absent where only the public half is known. */
  readonly signWith: KeyObject | undefined;
  readonly verifyWith: KeyObject;
}

const MATERIAL = ['secret', 'privateKey', 'privateKeyFile', 'publicKey', 'publicKeyFile'] as const;
const MIN_RSA_BITS = 2048;

/** Whether the options name a key at all. */
export function namesKey(options: TokenKeyOptions): boolean {
  return MATERIAL.some((name) => options[name] !== undefined);
}

/**
 * Reads one key.
 *
 * @param path where the key stands in the options, for errors (`jwt.keys.0`)
 * @throws OptionsError when there is not exactly one key, a file cannot be read or the key is not fit for the algorithm
 */
export function loadTokenKey(options: TokenKeyOptions, path: string): TokenKey {
  const given = MATERIAL.filter((name) => options[name] !== undefined);
  const [name, second] = given;
  if (!name) throw optionError(path, `must have one of ${MATERIAL.join(', ')}`);
  if (second) throw optionError(`${path}.${second}`, `cannot stand beside ${name}; give only one of them`);
  const at = `${path}.${name}`;
  const { signWith, verifyWith } = parse(name, options, at);
  const algorithm = algorithmOf(verifyWith, at);
  if (options.algorithm && options.algorithm !== algorithm) {
    throw optionError(at, `is a key for ${algorithm}, but "algorithm" is ${options.algorithm}; change one of them`);
  }
  return { kid: options.kid, algorithm, signWith, verifyWith };
}

function parse(
  name: (typeof MATERIAL)[number],
  options: TokenKeyOptions,
  at: string,
): Pick<TokenKey, 'signWith' | 'verifyWith'> {
  try {
    if (name === 'secret') {
      const { secret = '' } = options;
      const key = createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
      return { signWith: key, verifyWith: key };
    }
    const pem = name.endsWith('File') ? readFileSync(options[name] ?? '', 'utf8') : (options[name] ?? '');
    if (name.startsWith('public')) return { signWith: undefined, verifyWith: createPublicKey(pem) };
    const key = createPrivateKey(pem);
    return { signWith: key, verifyWith: createPublicKey(key) };
  } catch (error) {
    // The parser's message could quote key material; the code says enough.
    const { code = 'it cannot be parsed' } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (whyRefused(error) ?? 'it must be a key in PEM form');
    const file = name.endsWith('File') ? ` (${resolve(String(options[name]))}: ${why})` : '';
    throw optionError(at, `cannot be read as a key: ${code}${file}`);
  }
}

function algorithmOf(key: KeyObject, at: string): TokenAlgorithm {
  if (key.type === 'secret') return 'HS256';
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength >= MIN_RSA_BITS) return 'RS256';
    throw optionError(at, `has ${modulusLength} bits; an RSA key needs ${MIN_RSA_BITS}`);
  }
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  throw optionError(at, 'must be an RSA key (RS256) or one on the curve P-256 (ES256)');
}
