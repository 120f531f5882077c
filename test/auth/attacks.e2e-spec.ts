import { type AuthOptions } from '@millrace/auth';
import { HTTP_ADAPTERS, type RunningApplication } from '../support/applications.js';
import { refusedHandshake } from '../support/socket-client.js';
import { ecdsa, ecPair, forge, goodClaims, hmac, pem, rsa, rsaPair } from './support/forge.js';
import { bearer, SECRET, startPlaces, tokenFor } from './support/places.js';

const HS256 = { alg: 'HS256', typ: 'JWT' };
const now = (): number => Math.floor(Date.now() / 1000);
const hs = (claims: object, header: object = HS256): string => forge(header, claims, hmac(SECRET));
const changed = (token: string, part: number, change: (text: string) => string): string =>
  token
    .split('.')
    .map((text, index) => (index === part ? change(text) : text))
    .join('.');
const swapFirst = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
const strict: AuthOptions = { throttle: false, jwt: { secret: SECRET, issuer: 'mill', audience: 'race' } };
const both = { iss: 'mill', aud: 'race' };

async function expectRefused(running: RunningApplication, token: string): Promise<void> {
  const response = await fetch(`${running.url}/who`, bearer(token));
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ detail: 'Could not validate credentials' });
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/);
  const refused = await refusedHandshake(`${running.wsUrl}/socket/a`, bearer(token));
  expect(refused.status).toBe(401);
  expect(JSON.parse(refused.body)).toEqual({ detail: 'Could not validate credentials' });
  expect(refused.headers['www-authenticate']).toBe(response.headers.get('www-authenticate'));
}

const status = async (running: RunningApplication, token: string): Promise<number> =>
  (await fetch(`${running.url}/who`, bearer(token))).status;

describe.each(HTTP_ADAPTERS)(
  'stream-store#6: bad tokens are refused with 401 on REST and sockets, on %s',
  (adapter) => {
    let running: RunningApplication;
    beforeAll(async () => {
      running = await startPlaces({ throttle: false }, { adapter });
    });
    afterAll(() => running.close());

    it('lets a token in that is forged with the right secret, so that the attacks below fail for their own reason', async () => {
      expect(await status(running, hs(goodClaims()))).toBe(200);
    });

    it.each<[string, () => string | Promise<string>]>([
      ['garbage', () => 'garbage'],
      ['three parts of garbage', () => 'a.b.c'],
      ['dots only', () => '..'],
      ['a header that is no object', () => `${Buffer.from('null').toString('base64url')}.e30.x`],
      ['a header without an algorithm', () => forge({ typ: 'JWT' }, goodClaims(), hmac(SECRET))],
      ['unsigned, alg none', () => forge({ alg: 'none', typ: 'JWT' }, goodClaims(), () => '')],
      ['alg none in capitals', () => forge({ alg: 'NONE' }, goodClaims(), () => '')],
      ['alg none with a good signature', () => forge({ alg: 'none' }, goodClaims(), hmac(SECRET))],
      ['the signature left out', () => forge(HS256, goodClaims(), () => '')],
      ['another key', () => forge(HS256, goodClaims(), hmac('another secret'))],
      ['an empty key', () => forge(HS256, goodClaims(), hmac(''))],
      ['another algorithm of the same family', () => forge({ alg: 'HS512' }, goodClaims(), hmac(SECRET, 'sha512'))],
      ["an algorithm that is not the signature's", () => forge({ alg: 'RS256' }, goodClaims(), hmac(SECRET))],
      ['a kid nobody knows', () => hs(goodClaims(), { ...HS256, kid: 'nobody' })],
      ['a kid that is a path', () => hs(goodClaims(), { ...HS256, kid: '../../dev/null' })],
      ['a kid that is no text', () => hs(goodClaims(), { ...HS256, kid: { a: 1 } })],
      [
        'a key of its own in the header',
        () => forge({ ...HS256, jwk: { kty: 'oct', k: 'eA' } }, goodClaims(), hmac('x')),
      ],
      ['a changed payload', async () => changed(await tokenFor(running.url), 1, swapFirst)],
      ['a changed signature', async () => changed(await tokenFor(running.url), 2, swapFirst)],
      ['a changed header', async () => changed(await tokenFor(running.url), 0, swapFirst)],
      ['a fourth part', async () => `${await tokenFor(running.url)}.x`],
      ['expired', () => hs({ ...goodClaims(), exp: now() - 1 })],
      ['expiring now', () => hs({ ...goodClaims(), exp: now() })],
      ['an exp that is text', () => hs({ ...goodClaims(), exp: String(now() + 3600) })],
      ['without an exp', () => hs({ sub: 'alice', scope: '*' })],
      ['not yet valid', () => hs({ ...goodClaims(), nbf: now() + 600 })],
      ['without a subject', () => hs({ exp: now() + 3600 })],
      ['of an empty subject', () => hs({ ...goodClaims(), sub: '' })],
      ['a payload that is a list', () => forge(HS256, [], hmac(SECRET))],
      ["the prototype's fields", () => forge({ alg: 'HS256', kid: '__proto__' }, goodClaims(), hmac(SECRET))],
      ['far too long', () => `${'a'.repeat(8000)}.b.c`],
      // RFC 7515 section 4.1.11
      ['an extension that is critical', () => hs(goodClaims(), { ...HS256, crit: ['x'], x: 1 })],
      [
        'a critical extension of another standard',
        () => hs(goodClaims(), { ...HS256, crit: ['exp'], exp: now() + 60 }),
      ],
      ['a critical extension that is not in the header', () => hs(goodClaims(), { ...HS256, crit: ['x'] })],
      ['a critical extension twice', () => hs(goodClaims(), { ...HS256, crit: ['x', 'x'], x: 1 })],
      ['a critical extension that every verifier knows', () => hs(goodClaims(), { ...HS256, crit: ['alg'] })],
      ['an empty list of critical extensions', () => hs(goodClaims(), { ...HS256, crit: [] })],
      ['critical extensions as a text', () => hs(goodClaims(), { ...HS256, crit: 'x', x: 1 })],
      ['critical extensions as an object', () => hs(goodClaims(), { ...HS256, crit: { x: 1 } })],
      ['critical extensions that are null', () => hs(goodClaims(), { ...HS256, crit: null })],
      ['a critical extension that is a number', () => hs(goodClaims(), { ...HS256, crit: [1] })],
      ['a payload that is critically not encoded', () => hs(goodClaims(), { ...HS256, crit: ['b64'], b64: false })],
      ['a payload that is critically encoded', () => hs(goodClaims(), { ...HS256, crit: ['b64'], b64: true })],
      ['a payload that is not encoded', () => hs(goodClaims(), { ...HS256, b64: false })],
    ])('%s', async (_name, make) => {
      await expectRefused(running, await make());
    });

    it('lets a token in whose header holds more that is not critical', async () => {
      const more = { ...HS256, x: 1, Crit: ['x'], b64: true, cty: 'JWT' };
      expect(await status(running, hs(goodClaims(), more))).toBe(200);
    });

    it('garbage in the query and in the cookie', async () => {
      expect((await fetch(`${running.url}/who?token=garbage`)).status).toBe(401);
      expect((await fetch(`${running.url}/who`, { headers: { Cookie: 'authorization="Bearer x.y.z"' } })).status).toBe(
        401,
      );
      expect((await refusedHandshake(`${running.wsUrl}/socket/a?token=garbage`)).status).toBe(401);
    });
  },
);

describe('Issuer and audience', () => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlaces(strict);
  });
  afterAll(() => running.close());

  it('are written into tokens and asked of them', async () => {
    const token = await tokenFor(running.url);
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject(both);
    expect(await status(running, token)).toBe(200);
    expect(await status(running, hs({ ...goodClaims(), ...both, aud: ['other', 'race'] }))).toBe(200);
  });

  it.each<[string, object]>([
    ['no issuer', { aud: 'race' }],
    ['another issuer', { ...both, iss: 'other' }],
    ['no audience', { iss: 'mill' }],
    ['another audience', { ...both, aud: 'other' }],
    ['an audience that only begins alike', { ...both, aud: 'race2' }],
  ])('refuse a token with %s', async (_name, claims) => {
    await expectRefused(running, hs({ ...goodClaims(), ...claims }));
  });
});

describe.each([
  ['RS256', rsaPair(), rsa],
  ['ES256', ecPair(), ecdsa],
] as const)('Tokens signed by %s', (alg, pair, signer) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlaces({ throttle: false, jwt: { privateKey: pem(pair.privateKey), algorithm: alg } });
  });
  afterAll(() => running.close());

  it('are issued and let in', async () => {
    const token = await tokenFor(running.url);
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({ alg, typ: 'JWT' });
    expect(await status(running, token)).toBe(200);
    expect(await status(running, forge({ alg }, goodClaims(), signer(pair.privateKey)))).toBe(200);
  });

  it('cannot be made with the public key as an HMAC secret', async () => {
    const der = pair.publicKey.export({ type: 'spki', format: 'der' });
    for (const secret of [pem(pair.publicKey), pem(pair.publicKey).trim(), der]) {
      await expectRefused(running, forge(HS256, goodClaims(), hmac(secret)));
      await expectRefused(running, forge({ alg }, goodClaims(), hmac(secret)));
    }
  });

  it('cannot be made with another key', async () => {
    const other = alg === 'RS256' ? rsaPair() : ecPair();
    await expectRefused(running, forge({ alg }, goodClaims(), signer(other.privateKey)));
  });

  it('are verified by a server which has the public key alone, and which issues none', async () => {
    const verifier = await startPlaces({ throttle: false, jwt: { publicKey: pem(pair.publicKey) } });
    try {
      expect(await status(verifier, await tokenFor(running.url))).toBe(200);
      const response = await fetch(`${verifier.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({ username: 'a', password: 'a' }),
      });
      expect(response.status).toBe(501);
    } finally {
      await verifier.close();
    }
  });
});

describe('Key rotation', () => {
  const start = (...kids: string[]): Promise<RunningApplication> =>
    startPlaces({ throttle: false, jwt: { keys: kids.map((kid) => ({ kid, secret: `secret of ${kid}` })) } });

  it('signs with the new key, still takes the old one, and forgets it when it is gone', async () => {
    const [before, during, after] = [await start('old'), await start('new', 'old'), await start('new')];
    try {
      const oldToken = await tokenFor(before.url);
      const newToken = await tokenFor(during.url);
      expect(JSON.parse(Buffer.from(newToken.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({
        kid: 'new',
      });
      expect(await status(during, oldToken)).toBe(200);
      expect(await status(during, newToken)).toBe(200);
      expect(await status(after, newToken)).toBe(200);
      await expectRefused(after, oldToken);
      await expectRefused(before, newToken);
    } finally {
      await Promise.all([before.close(), during.close(), after.close()]);
    }
  });

  it('checks a token with the key it names and no other', async () => {
    const running = await start('new', 'old');
    try {
      await expectRefused(running, forge({ alg: 'HS256', kid: 'new' }, goodClaims(), hmac('secret of old')));
      await expectRefused(running, forge({ alg: 'HS256' }, goodClaims(), hmac('secret of old')));
    } finally {
      await running.close();
    }
  });

  it('takes tokens without a kid by the one key without, after the move from a single secret', async () => {
    const running = await startPlaces({
      throttle: false,
      jwt: { keys: [{ kid: 'new', secret: 'x' }, { secret: SECRET }] },
    });
    try {
      expect(await status(running, hs(goodClaims()))).toBe(200);
    } finally {
      await running.close();
    }
  });
});
