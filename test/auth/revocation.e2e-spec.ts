import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RevokedTokensFile, UserFile } from '@millrace/accounts';
import { fileTokenRevocations, fileUsers, TokenService, type User } from '@millrace/auth';
import { TOKEN_REVOCATIONS_CONTRACT } from '@millrace/auth/testing';
import { declareContract } from '@millrace/core/contract';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { ecPair, ecdsa, forge, goodClaims, hmac, pem } from './support/forge.js';
import { DOORS, KeyBench, type KeySide } from './support/key-sides.js';
import { SECRET } from './support/places.js';

const OFTEN = { recheckInterval: '50ms' };
const ALL = ['*'];
const now = (): number => Math.floor(Date.now() / 1000);
const own = (claims: object): string => forge({ alg: 'HS256' }, { ...goodClaims(), ...claims }, hmac(SECRET));
const idOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti;

/** What doors say that have errors of their own. */
const TEXTS = new Map([
  ['JSON-RPC by HTTP', 'The token was revoked'],
  ['the first message of a connector', 'The credential was not accepted'],
]);

let bench: KeyBench;
beforeAll(async () => {
  bench = await KeyBench.create();
});
afterAll(() => bench.close());

let made = 0;
/** A name that no other test uses. */
const newName = (): string => `user ${(made += 1)}`;
/** What another process on the folder does. */
const elsewhere = (): RevokedTokensFile => RevokedTokensFile.in(bench.directory);
const issue = (side: KeySide, name: string): string =>
  side.running.app.get(TokenService).issue({ name, scopes: ALL }).token;
const status = async (side: KeySide, token: string): Promise<number> =>
  (await side.fetch('/who', side.with(token))).status;
const untilRefused = (side: KeySide, token: string): Promise<boolean> =>
  waitFor('the refusal', async () => (await status(side, token)) === 401);

declareContract('Revoked tokens in a file', TOKEN_REVOCATIONS_CONTRACT, {
  create: async () => {
    const options = { file: join(bench.directory, `contract ${(made += 1)}`, 'revoked.json') };
    return { store: fileTokenRevocations(options), again: async () => fileTokenRevocations(options) };
  },
});

describe.each(HTTP_ADAPTERS)('Revoked tokens on %s', (adapter) => {
  let side: KeySide;
  beforeAll(async () => {
    side = await bench.start({ tls: false, dataDirectory: bench.directory, revocations: OFTEN }, { adapter });
  });

  describe.each(DOORS)('at %s', (door, knock) => {
    const refused = { status: 401, text: TEXTS.get(door) ?? 'Could not validate credentials' };

    it('are refused once another process revoked all of the user, and those from then on are let in', async () => {
      const name = newName();
      const [token, other] = [issue(side, name), issue(side, newName())];
      expect((await knock(side, token)).status).toBe(200);
      await elsewhere().revoke({ user: name });
      await untilRefused(side, token);
      expect(await knock(side, token)).toEqual(refused);
      // In the same second.
      expect((await knock(side, issue(side, name))).status).toBe(200);
      expect((await knock(side, other)).status).toBe(200);
    });

    it('are refused once another process revoked them by id, and the others of the user are let in', async () => {
      const name = newName();
      const [token, other] = [issue(side, name), issue(side, name)];
      await elsewhere().revoke({ token: idOf(token) });
      await untilRefused(side, token);
      expect(await knock(side, token)).toEqual(refused);
      expect((await knock(side, other)).status).toBe(200);
    });
  });

  describe('while something lives by them', () => {
    it.each<[string, (name: string, token: string) => Promise<unknown>]>([
      ['by user, in another process', (user) => elsewhere().revoke({ user })],
      ['by id, in another process', (_user, token) => elsewhere().revoke({ token: idOf(token) })],
      ['by user, in this process', (user) => side.running.app.get(TokenService).revokeTokensOf(user)],
      ['in this process', (_user, token) => side.running.app.get(TokenService).revoke(token)],
    ])('close sockets with 3000 and connectors with 1013, revoked %s', async (_how, revoke) => {
      const name = newName();
      const token = issue(side, name);
      const stays = await side.open('/data/camera/pull', issue(side, newName()));
      const paths = ['/data/camera/push', '/data/camera/pull', '/rpc', '/socket/a'];
      const sockets = await Promise.all(paths.map((path) => side.open(path, token)));
      const connector = await side.connector();
      expect(await connector.validate(token)).toMatchObject({ status: 200 });
      await revoke(name, token);
      for (const { closed } of sockets) expect(await closed).toEqual({ code: 3000, reason: 'The token was revoked' });
      expect(await connector.client.closed).toEqual({ code: 1013, reason: 'The token does not hold any more' });
      expect(stays.ws.readyState).toBe(stays.ws.OPEN);
      await stays.close();
    });

    it('cut HTTP answers that flow on', async () => {
      const name = newName();
      const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${issue(side, name)}` };
      const answer = await fetch(`${side.running.url}/data/camera`, { headers });
      expect(answer.status).toBe(200);
      await elsewhere().revoke({ user: name });
      await expect(answer.text()).rejects.toThrow('terminated');
    });

    it('refuse the messages of gateways of the host', async () => {
      const name = newName();
      const client = await side.open('/gateway', issue(side, name));
      const ask = async (): Promise<any> => {
        client.send(JSON.stringify({ event: 'who' }));
        return JSON.parse(await client.nextText());
      };
      expect(await ask()).toEqual({ event: 'who', data: name });
      await elsewhere().revoke({ user: name });
      const answer = await waitFor('a refusal', async () => {
        const one = await ask();
        return one.event === 'exception' ? one : undefined;
      });
      expect(answer.data).toMatchObject({ code: 'CREDENTIAL_REVOKED', message: 'The token was revoked' });
      await client.close();
    });
  });

  it('say in the header why, in the query and in a cookie too', async () => {
    const token = issue(side, newName());
    await side.running.app.get(TokenService).revoke(token);
    const answers = [
      await side.fetch('/who', side.with(token)),
      await side.fetch(`/who?token=${token}`),
      await side.fetch('/who', { headers: { Cookie: `authorization="Bearer ${token}"` } }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.json()]).toEqual([401, { detail: 'Could not validate credentials' }]);
      expect(answer.headers['www-authenticate']).toBe(
        'Bearer error="invalid_token", error_description="The token was revoked"',
      );
    }
  });

  describe('by HTTP', () => {
    const revoke = (body: string, headers: Record<string, string> = {}) =>
      side.fetch('/token/revoke', {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      });
    const remove = (path: string, token: string) => side.fetch(path, { method: 'DELETE', ...side.with(token) });
    const with_ = (name: string, ...scopes: string[]): string =>
      side.running.app.get(TokenService).issue({ name, scopes }).token;

    it('end by the form of RFC 7009, for everybody who has them', async () => {
      const token = issue(side, newName());
      const answer = await revoke(`token=${token}&token_type_hint=access_token`);
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(await status(side, token)).toBe(401);
      // Once more, and for what is none.
      for (const again of [token, 'garbage', own({ exp: now() - 1 })])
        expect((await revoke(`token=${again}`)).status).toBe(200);
      const missing = await revoke('');
      expect([missing.status, missing.json()]).toMatchObject([400, { error: 'invalid_request' }]);
      expect((await revoke(`token=${'x'.repeat(100_000)}`)).status).toBe(413);
    });

    it('end by the header alone', async () => {
      const token = issue(side, newName());
      expect((await revoke('', { Authorization: `Bearer ${token}` })).status).toBe(200);
      expect(await status(side, token)).toBe(401);
    });

    it('end all of a user for the user, and for those with users:admin', async () => {
      const name = newName();
      const [token, other] = [with_(name, 'rpc'), with_(name, 'rpc')];
      expect((await remove('/tokens?user=somebody', token)).status).toBe(403);
      expect((await remove('/tokens', token)).status).toBe(400);
      expect((await side.fetch(`/tokens?user=${encodeURIComponent(name)}`, { method: 'DELETE' })).status).toBe(401);
      expect((await remove(`/tokens?user=${encodeURIComponent(name)}`, token)).status).toBe(204);
      for (const one of [token, other]) expect(await status(side, one)).toBe(401);
      const again = with_(name, 'rpc');
      const admin = with_(newName(), 'users:admin');
      expect((await remove(`/tokens?user=${encodeURIComponent(name)}`, admin)).status).toBe(204);
      expect([await status(side, again), await status(side, admin)]).toEqual([401, 200]);
    });

    it('end one by its id for its holder, and for those with users:admin', async () => {
      const name = newName();
      const [token, other] = [with_(name, 'rpc'), with_(name, 'rpc')];
      expect((await remove(`/tokens/${idOf(other)}`, token)).status).toBe(403);
      expect((await remove(`/tokens/${idOf(token)}`, token)).status).toBe(204);
      expect((await remove(`/tokens/${idOf(other)}`, with_(newName(), 'users:admin'))).status).toBe(204);
      for (const one of [token, other]) expect(await status(side, one)).toBe(401);
    });

    it('are not those of a user whose name is the id of an API key', async () => {
      const secure = await bench.start({ dataDirectory: bench.directory, revocations: OFTEN }, { adapter });
      const { key, id } = await bench.key({ scopes: ['rpc'] });
      const answer = await secure.fetch(`/tokens?user=${id}`, { method: 'DELETE', ...secure.with(key) });
      expect(answer.status).toBe(403);
    });
  });
});

describe('Tokens that a user got', () => {
  it('do not count after the removal of the user, a new password, or both, and new ones do', async () => {
    const directory = join(bench.directory, 'accounts');
    const path = join(directory, 'users.json');
    const users = fileUsers({ path });
    const side = await bench.start({ tls: false, dataDirectory: directory, users, revocations: OFTEN });
    const file = new UserFile(path);
    const set = (password: string) => file.add({ name: 'alice', password });
    const login = async (password: string): Promise<string> => {
      const body = new URLSearchParams({ username: 'alice', password });
      const answer = await side.fetch('/token', { method: 'POST', body: body.toString(), headers: FORM });
      return (answer.json() as { access_token: string }).access_token;
    };
    await set('correct horse');
    const first = await login('correct horse');
    expect(await status(side, first)).toBe(200);
    await set('another horse');
    const second = await login('another horse');
    expect(await status(side, second)).toBe(200);
    await untilRefused(side, first);
    await file.remove('alice');
    await untilRefused(side, second);
    await set('another horse');
    const third = await login('another horse');
    expect(await status(side, third)).toBe(200);
    for (const old of [first, second]) expect(await status(side, old)).toBe(401);
    await side.close();
    const restarted = await bench.start({ tls: false, dataDirectory: directory, users: fileUsers({ path }) });
    const statuses = await Promise.all([first, second, third].map((token) => status(restarted, token)));
    expect(statuses).toEqual([401, 401, 200]);
  });

  it('by the old password, while it is changed, do not count', async () => {
    const name = newName();
    const users = {
      verify: async (): Promise<User> => {
        await side.running.app.get(TokenService).revokeTokensOf(name);
        return { name, scopes: ALL };
      },
    };
    const side = await bench.start({ tls: false, dataDirectory: bench.directory, users, revocations: OFTEN });
    const login = await side.fetch('/token', { method: 'POST', body: `username=${name}&password=x`, headers: FORM });
    expect(login.status).toBe(200);
    expect(await status(side, (login.json() as { access_token: string }).access_token)).toBe(401);
    const connector = await side.connector();
    connector.send({ op: 'authenticate', object: { username: name, password: 'x' } });
    expect(await connector.next()).toMatchObject({ status: 200 });
    expect((await connector.client.closed).code).toBe(1013);
  });

  it('count by what stores of users revoke themselves, beside what the server does', async () => {
    const path = join(bench.directory, 'beside', 'users.json');
    const users = new UserFile(path);
    const side = await bench.start({ tls: false, dataDirectory: bench.directory, users, revocations: OFTEN });
    await users.add({ name: 'alice', password: 'correct horse' });
    const token = issue(side, 'alice');
    await users.remove('alice');
    await untilRefused(side, token);
    const tokens = side.running.app.get(TokenService);
    const next = async (): Promise<string> =>
      (await tokens.issueTo(async () => ({ name: 'alice', scopes: ALL })))?.token ?? '';
    await tokens.revokeTokensOf('alice');
    const second = await next();
    expect(await status(side, second)).toBe(200);
    await users.revocations.revoke({ user: 'alice' });
    await untilRefused(side, second);
    expect(await status(side, await next())).toBe(200);
  });
});

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('Tokens of other issuers, and of earlier versions', () => {
  it('are told by the time they were issued, and without one do not count', async () => {
    const side = await bench.start({ tls: false, dataDirectory: bench.directory, revocations: OFTEN });
    const sub = newName();
    const [before, untold] = [own({ sub, iat: now() - 5 }), own({ sub })];
    for (const token of [before, untold]) expect(await status(side, token)).toBe(200);
    await side.running.app.get(TokenService).revokeTokensOf(sub);
    for (const token of [before, untold]) expect(await status(side, token)).toBe(401);
    expect(await status(side, own({ sub, iat: now() + 1 }))).toBe(200);
    expect(await status(side, own({ sub, iat: String(now() + 1) }))).toBe(401);
    // Nobody says that a token of ours is newer than it is.
    expect(await status(side, own({ sub, iat: now() + 1, mr_epochs: [] }))).toBe(401);
  });

  it('are told by time where the other issuer is a server like this, which knows other revocations', async () => {
    const { privateKey, publicKey } = ecPair();
    const jwt = { publicKey: pem(publicKey), clockTolerance: '10s' };
    const side = await bench.start({ tls: false, dataDirectory: bench.directory, jwt, revocations: OFTEN });
    const sub = newName();
    const of = (iat: number): string =>
      forge({ alg: 'ES256' }, { ...goodClaims(), sub, iat, mr_epochs: ['of the other'] }, ecdsa(privateKey));
    expect(await status(side, of(now()))).toBe(200);
    const before = now();
    await side.running.app.get(TokenService).revokeTokensOf(sub);
    // Its clock may be ahead.
    for (const iat of [before - 60, before + 5]) expect(await status(side, of(iat))).toBe(401);
    expect(await status(side, of(now() + 12))).toBe(200);
  });

  it('are revoked one by one though they have no id, or one of another kind', async () => {
    const side = await bench.start({ tls: false, dataDirectory: bench.directory, revocations: OFTEN });
    const sub = newName();
    const tokens = [
      own({ sub, n: 1 }),
      own({ sub, jti: 7 }),
      own({ sub, jti: '' }),
      own({ sub, jti: 'x'.repeat(5000) }),
    ];
    const stays = own({ sub, n: 2 });
    for (const token of tokens) {
      expect(await side.running.app.get(TokenService).revoke(token)).toBe(true);
      expect(await status(side, token)).toBe(401);
    }
    expect(await status(side, stays)).toBe(200);
  });
});

describe('Revoked tokens that cannot be looked up', () => {
  it('let nobody in with a token, and live sockets stay, until they can', async () => {
    const directory = join(bench.directory, 'damaged');
    const side = await bench.start({ tls: false, dataDirectory: directory, revocations: OFTEN });
    const token = issue(side, 'alice');
    const revoked = issue(side, 'alice');
    await side.running.app.get(TokenService).revoke(revoked);
    const socket = await side.open('/data/camera/pull', token);
    const path = join(directory, 'revoked-tokens.json');
    writeFileSync(path, '{"version":1');
    await waitFor('the refusal', async () => (await status(side, token)) === 503);
    const answer = await side.fetch('/who', side.with(token));
    expect(answer.json()).toEqual({ detail: 'Tokens cannot be checked just now; try again later' });
    expect((await side.handshake('/data/camera/pull', token)).status).toBe(503);
    const login = await side.fetch('/token', { method: 'POST', body: 'username=a&password=a', headers: FORM });
    expect(login.status).toBe(503);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    // What is known to be revoked stays so when the file is lost.
    rmSync(path);
    await waitFor('the end of it', async () => (await status(side, token)) === 200);
    expect(await status(side, revoked)).toBe(401);
    await socket.close();
  });
});
