import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { developmentUsers } from '../stores/development-users.js';
import { makeUserStore } from '../stores/make-stores.js';
import { AUTH_OPTIONS } from '../auth.options.js';
import { developmentSecret } from '../engine/development-secret.js';
import { KeyRing } from './key-ring.js';

Logger.overrideLogger(false);
const pem = (pair: ReturnType<typeof ec>, type: 'privateKey' | 'publicKey'): string =>
  pair[type].export({ type: type === 'privateKey' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const ec = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });

describe('Keys', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'millrace-keys-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const ring = (options: object): KeyRing => new KeyRing(AUTH_OPTIONS.read({ dataDirectory: directory, ...options }));

  it('without any, development makes a secret for the owner alone and keeps it', () => {
    ring({ production: false });
    const file = join(directory, 'jwt-secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secret = readFileSync(file, 'utf8').trim();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(developmentSecret(directory)).toBe(secret);
    expect(ring({ production: false }).signing?.verifyWith.export().toString()).toBe(secret);
  });

  it('come from files, and say their algorithm themselves', () => {
    const file = join(directory, 'key.pem');
    writeFileSync(file, pem(ec(), 'privateKey'));
    const { signing } = ring({ jwt: { privateKeyFile: file } });
    expect(signing).toMatchObject({ algorithm: 'ES256', kid: undefined });
    expect(ring({ jwt: { publicKey: pem(ec(), 'publicKey') } }).signing).toBeUndefined();
  });

  const long = 'x'.repeat(32);
  it.each<[string, object, string]>([
    ['production without a key', { production: true }, 'option "jwt.secret" is missing'],
    [
      'a short secret in production',
      { production: true, jwt: { secret: 'short' } },
      'option "jwt.secret" is too short',
    ],
    ['an empty secret', { jwt: { secret: '' } }, 'option "jwt.secret"'],
    [
      'a secret beside key files',
      { jwt: { secret: long, publicKey: 'x' } },
      'option "jwt.publicKey" cannot stand beside',
    ],
    [
      'a file that is not there',
      { jwt: { privateKeyFile: '/nowhere/key.pem' } },
      'jwt.privateKeyFile" cannot be read as a key: ENOENT',
    ],
    ['a file that is no key', { jwt: { privateKey: 'top secret' } }, 'option "jwt.privateKey" cannot be read as a key'],
    ['a key on another curve', { jwt: { privateKey: pem(ec('P-384'), 'privateKey') } }, 'on the curve P-256'],
    ['a weak RSA key', { jwt: { privateKey: weakRsa() } }, 'has 1024 bits'],
    ["another algorithm than the key's", { jwt: { secret: long, algorithm: 'RS256' } }, 'is a key for HS256'],
    ['an algorithm nobody allows', { jwt: { secret: long, algorithm: 'none' } }, 'option "jwt.algorithm"'],
    [
      'a key outside the allowed algorithms',
      { jwt: { secret: long, algorithms: ['RS256'] } },
      'option "jwt.algorithms"',
    ],
    [
      'two keys of one kid',
      {
        jwt: {
          keys: [
            { kid: 'a', secret: long },
            { kid: 'a', secret: 'y' },
          ],
        },
      },
      'two keys with the kid a',
    ],
    ['a key without material', { jwt: { keys: [{ kid: 'a' }] } }, 'option "jwt.keys.0" must have one of'],
    ['a kid old clients cannot read', { jwt: { keys: [{ kid: '~', secret: long }] } }, 'option "jwt.keys.0.kid"'],
    [
      'a list beside a single key',
      { jwt: { secret: long, keys: [{ secret: long }] } },
      'option "jwt.keys" cannot stand',
    ],
    ['a life of no length', { jwt: { secret: long, expiresIn: 0 } }, 'option "jwt.expiresIn"'],
    ['a misspelt option', { jwt: { secret: long, isuer: 'x' } }, 'option "jwt.isuer" is not known'],
    ['development tokens in production', { production: true, developmentTokens: ['x'] }, 'option "developmentTokens"'],
  ])('refuses %s, naming the option', (_name, options, message) => {
    expect(() => ring(options)).toThrow(message);
  });

  it('never quotes key material in an error', () => {
    expect(() => ring({ jwt: { privateKey: 'top secret' } })).not.toThrow('top secret');
  });
});

function weakRsa(): string {
  return generateKeyPairSync('rsa', { modulusLength: 1024 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

describe('The store of users', () => {
  const make = (options: object) =>
    makeUserStore(AUTH_OPTIONS.read({ jwt: { secret: 'x'.repeat(32) }, ...options }), undefined as never);

  it('is the one of development unless production is configured, and a file then', async () => {
    expect((await make({ production: false })).developmentOnly).toBe(true);
    expect((await make({ production: true })).developmentOnly).toBeUndefined();
  });

  it('must not be the one of development in production', async () => {
    await expect(make({ production: true, users: developmentUsers() })).rejects.toThrow(
      'option "users" is a store of development',
    );
  });
});
