import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { ApiKeyFile } from '@millrace/accounts';
import { TokenService } from '@millrace/auth';
import { Authenticator } from '@millrace/core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { DOORS, KeyBench, type KeySide } from './support/key-sides.js';

const INSECURE =
  'API keys are accepted on TLS connections only. This one is not encrypted: revoke the key, and use https or wss';
const NOBODY = 'mr_000000000000_0000000000000000000000000000000000000000000';

describe.each(HTTP_ADAPTERS)('API keys on %s', (adapter) => {
  let bench: KeyBench;
  let secure: KeySide;
  let plain: KeySide;
  let proxied: KeySide;
  beforeAll(async () => {
    bench = await KeyBench.create();
    secure = await bench.start({}, { adapter });
    plain = await bench.start({ tls: false }, { adapter });
    proxied = await bench.start({ tls: false, keys: { trustProxy: 'loopback' } }, { adapter });
  });
  afterAll(() => bench.close());

  describe.each(DOORS)('at %s', (door, knock) => {
    const isHub = door.includes('connector');
    const unknown = isHub ? 'The credential was not accepted' : 'Could not validate credentials';

    it('are let in by TLS', async () => {
      const { key, id } = await bench.key();
      const outcome = await knock(secure, key);
      expect(outcome.status).toBe(200);
      expect(['', id]).toContain(outcome.text);
    });

    it.each<[string, (key: string) => string]>([
      ['nobody knows', () => NOBODY],
      ['have a wrong secret', (key) => key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')],
      ['have the secret of another', (key) => `${key.slice(0, 16)}${NOBODY.slice(16)}`],
      ['lack the secret', (key) => key.slice(0, 15)],
      ['are cut short', (key) => key.slice(0, -1)],
      ['are written in capitals', (key) => `mr_${key.slice(3).toUpperCase()}`],
      ['go on', (key) => `${key}x`],
      ['are nothing but the beginning', () => 'mr_'],
    ])('are refused with 401 when they %s', async (_name, change) => {
      const { key } = await bench.key();
      expect(await knock(secure, change(key))).toEqual({ status: 401, text: unknown });
    });

    it('are refused with 401 once they are revoked, or have run out', async () => {
      const revoked = await bench.key();
      expect((await knock(secure, revoked.key)).status).toBe(200);
      await ApiKeyFile.in(bench.directory).revoke(revoked.id);
      expect(await knock(secure, revoked.key)).toEqual({ status: 401, text: unknown });
      const short = await bench.key({ expires: new Date(Date.now() + 200) });
      // An answer that is under way at that moment is cut.
      const now = (): Promise<{ status: number } | undefined> => knock(secure, short.key).catch(() => undefined);
      await waitFor('the end of the key', async () => (await now())?.status === 401);
      expect(await knock(secure, short.key)).toEqual({ status: 401, text: unknown });
    });

    it('are refused with 403 and the reason in the clear, good ones, unknown ones and broken ones alike', async () => {
      const { key } = await bench.key();
      for (const given of [key, NOBODY, 'mr_', 'mr_x_y']) {
        expect(await knock(plain, given)).toEqual({ status: 403, text: INSECURE });
      }
    });

    it('are let in behind a trusted proxy which says that it came by TLS, and by no other word', async () => {
      const { key } = await bench.key();
      expect((await knock(proxied, key, { 'X-Forwarded-Proto': 'https' })).status).toBe(200);
      const refused = { status: 403, text: INSECURE };
      expect(await knock(proxied, key)).toEqual(refused);
      expect(await knock(proxied, key, { 'X-Forwarded-Proto': 'http' })).toEqual(refused);
      expect(await knock(proxied, key, { 'X-Forwarded-Proto': 'https, http' })).toEqual(refused);
      // Nobody is trusted here.
      expect(await knock(plain, key, { 'X-Forwarded-Proto': 'https' })).toEqual(refused);
    });
  });

  it('allow what their scopes allow, and nothing else, on every transport', async () => {
    const { key } = await bench.key({ scopes: ['streams:write:camera*', 'rpc:call:other', 'sources:connect:other'] });
    const withKey = secure.with(key, { 'Content-Type': 'application/json' });
    expect((await secure.handshake('/data/camera1/push', key)).status).toBe(200);
    expect(await secure.handshake('/data/mic/push', key)).toEqual({
      status: 403,
      text: 'The scope streams:write:mic is needed',
    });
    expect((await secure.handshake('/data/camera1/pull', key)).status).toBe(403);
    expect((await secure.fetch('/read/a', withKey)).status).toBe(403);
    expect((await secure.fetch('/keys', withKey)).status).toBe(403);
    const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'who' });
    const answer = await secure.fetch('/rpc', { method: 'POST', body: call, ...withKey });
    expect(answer.json()).toMatchObject({ error: { code: -32003 } });
    const client = await secure.open('/rpc', key);
    client.send(call);
    expect(JSON.parse(await client.nextText())).toMatchObject({ error: { code: -32003 } });
    await client.close();
    const connector = await secure.connector();
    expect(await connector.validate(key)).toMatchObject({ status: 200 });
    expect(await connector.claim('thermostat')).toMatchObject({ status: 403 });
    await connector.client.close();
  });

  describe('in the clear', () => {
    it('are refused on open places too, and in open areas', async () => {
      const { key } = await bench.key();
      const open = await bench.start({ tls: false, publicAreas: ['rpc'] }, { adapter });
      const json = { 'Content-Type': 'application/json' };
      for (const given of [key, NOBODY]) {
        expect((await plain.fetch('/open', plain.with(given))).json()).toEqual({ detail: INSECURE });
        expect((await open.fetch('/rpc', { method: 'POST', body: '{}', ...open.with(given, json) })).status).toBe(403);
        expect(await open.handshake('/rpc', given)).toEqual({ status: 403, text: INSECURE });
        expect(await plain.handshake('/api/v1/wsock/websocket', given)).toEqual({ status: 403, text: INSECURE });
      }
      expect((await plain.fetch('/open')).status).toBe(200);
      expect((await secure.fetch('/open', secure.with(key))).status).toBe(200);
      // By TLS nobody looks at it there.
      expect((await secure.fetch('/open', secure.with(NOBODY))).status).toBe(200);
    });

    it('are refused wherever a request carries them, behind a good token too', async () => {
      const { key } = await bench.key();
      const { token } = plain.running.app.get(TokenService).issue({ name: 'alice', scopes: ['*'] });
      const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
        (await plain.fetch(path, { headers })).status;
      expect(await status(`/who?token=${token}`)).toBe(200);
      expect(await status(`/who?token=${key}`)).toBe(403);
      expect(await status(`/who?token=${key.replace('mr_', '%6dr_')}`)).toBe(403);
      expect(await status(`/who?token=${token}&token=${key}`)).toBe(403);
      expect(await status(`/who?token=${token}`, { Authorization: `bearer ${key}` })).toBe(403);
      expect(await status('/who', { Authorization: `Bearer ${token}`, Cookie: `authorization="Bearer ${key}"` })).toBe(
        403,
      );
      expect(await status('/who', { Cookie: `authorization=Bearer%20${key}` })).toBe(403);
    });

    it('are refused where a connector logs in by a password', async () => {
      const { key } = await bench.key();
      const attempt = async (side: KeySide): Promise<unknown> => {
        const connector = await side.connector();
        connector.send({ op: 'authenticate', object: { username: 'alice', password: key } });
        const { status } = await connector.next();
        await connector.client.close();
        return status;
      };
      expect(await attempt(plain)).toBe(403);
      // A key is no password.
      expect(await attempt(secure)).toBe(401);
    });

    it('are refused for messages of gateways of the host', async () => {
      const { key } = await bench.key();
      const client = await plain.open('/gateway', key);
      client.send(JSON.stringify({ event: 'who' }));
      expect(JSON.parse(await client.nextText())).toMatchObject({
        event: 'exception',
        data: { code: 'FORBIDDEN', message: INSECURE },
      });
      await client.close();
    });
  });

  it('are taken by query and cookie too, for those who cannot send a header', async () => {
    const { key, id } = await bench.key();
    expect((await secure.fetch(`/who?token=${key}`)).json()).toMatchObject({ subject: id });
    const headers = { Cookie: `authorization=Bearer ${key}` };
    expect((await secure.fetch('/who', { headers })).json()).toMatchObject({ subject: id });
  });

  it('say whose they are to whoever has a credential in hand', async () => {
    const expires = new Date(Date.now() + 60_000);
    const { key, id } = await bench.key({ scopes: ['streams:read'], expires });
    const authenticator = secure.running.app.get(Authenticator);
    expect(await authenticator.authenticate(key, { secure: true })).toEqual({
      subject: id,
      scopes: ['streams:read'],
      method: 'api-key',
      expiresAt: expires.getTime(),
    });
    const insecure = { name: 'InsecureApiKeyError', code: 'FORBIDDEN', message: INSECURE };
    await expect(authenticator.authenticate(key, { secure: false })).rejects.toMatchObject(insecure);
    await expect(authenticator.authenticate(NOBODY, { secure: false })).rejects.toMatchObject(insecure);
    await expect(authenticator.authenticate(NOBODY, { secure: true })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  describe('on live sockets', () => {
    it('close them with 3000 when they are revoked by another process, and leave the others open', async () => {
      const { key, id } = await bench.key();
      const stays = await secure.open('/data/camera/pull', (await bench.key()).key);
      const sockets = await Promise.all(
        ['/data/camera/push', '/data/camera/pull', '/rpc', '/socket/a'].map((path) => secure.open(path, key)),
      );
      await ApiKeyFile.in(bench.directory).revoke(id);
      for (const socket of sockets)
        expect(await socket.closed).toEqual({ code: 3000, reason: 'The API key was revoked' });
      expect(stays.ws.readyState).toBe(stays.ws.OPEN);
      await stays.close();
    });

    it('close them with 3000 when they run out', async () => {
      const { key } = await bench.key({ expires: new Date(Date.now() + 10_000) });
      const socket = await secure.open('/data/camera/push', key);
      expect(await socket.closed).toEqual({ code: 3000, reason: 'The API key ran out' });
    });

    it('close the session of a connector with 1013', async () => {
      const { key, id } = await bench.key();
      const connector = await secure.connector();
      expect(await connector.validate(key)).toMatchObject({ status: 200 });
      await ApiKeyFile.in(bench.directory).revoke(id);
      expect((await connector.client.closed).code).toBe(1013);
    });

    it('cut HTTP answers that flow on, when they are revoked and when they run out', async () => {
      const open = async (key: string): Promise<{ status: number | undefined; ended: Promise<void> }> => {
        const request = get(`${secure.running.url}/data/camera`, {
          ca: bench.certificate.cert,
          ...secure.with(key, { Accept: 'text/event-stream' }),
        });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.on('error', () => undefined).resume();
        return {
          status: response.statusCode,
          ended: new Promise((resolve) => response.once('close', () => resolve())),
        };
      };
      const revoked = await bench.key();
      const first = await open(revoked.key);
      const second = await open((await bench.key({ expires: new Date(Date.now() + 10_000) })).key);
      expect([first.status, second.status]).toEqual([200, 200]);
      await ApiKeyFile.in(bench.directory).revoke(revoked.id);
      await Promise.all([first.ended, second.ended]);
    });

    it('do not cut the answer to their own revocation', async () => {
      const { key, id } = await bench.key();
      const answer = await secure.fetch(`/keys/${id}`, { method: 'DELETE', ...secure.with(key) });
      expect(answer.status).toBe(204);
      expect((await secure.fetch('/who', secure.with(key))).status).toBe(401);
    });

    it('refuse the messages of gateways of the host', async () => {
      const { key, id } = await bench.key();
      const client = await secure.open('/gateway', key);
      const ask = async (): Promise<any> => {
        client.send(JSON.stringify({ event: 'who' }));
        return JSON.parse(await client.nextText());
      };
      expect(await ask()).toEqual({ event: 'who', data: id });
      await ApiKeyFile.in(bench.directory).revoke(id);
      const refused = await waitFor('a refusal', async () => {
        const answer = await ask();
        return answer.event === 'exception' ? answer : undefined;
      });
      expect(refused.data).toMatchObject({ code: 'CREDENTIAL_REVOKED', message: 'The API key was revoked' });
      await client.close();
    });
  });
});
