import { AuthModule, TokenService } from '@millrace/auth';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { bearer, login, SECRET, tokenFor } from './support/places.js';

describe.each(HTTP_ADAPTERS)('Streams behind tokens on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    const auth = AuthModule.forRoot({ jwt: { secret: SECRET }, throttle: false });
    running = await startApplication([auth, StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
  });
  afterAll(() => running.close());

  const holding = (...scopes: string[]): ReturnType<typeof bearer> =>
    bearer(running.app.get(TokenService).issue({ name: 'alice', scopes }).token);
  const push = async (
    path: string,
    init: ReturnType<typeof bearer>,
    ...frames: (string | Buffer)[]
  ): Promise<string> => {
    const client = await SocketClient.open(`${running.wsUrl}${path}`, init);
    for (const frame of frames) client.send(frame);
    const ack = await client.nextText();
    await client.close();
    return ack;
  };

  it.each(['/streams', '/streams/a', '/data/a'])(
    'stream-store#3: GET %s is 401 without a token, and let in with one',
    async (path) => {
      const refused = await fetch(`${running.url}${path}`);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refused.json()).toEqual({ detail: 'Not authenticated' });
      expect((await fetch(`${running.url}${path}`, bearer(await tokenFor(running.url)))).status).toBe(200);
    },
  );

  it('stream-store#3: POST, PUT and DELETE are 401 without a token, before their bodies are read', async () => {
    const form = new FormData();
    form.append('entries', new Blob(['x']), 'x');
    for (const [method, path, body] of [
      ['POST', '/data/a', form],
      ['PUT', '/streams/a', '{'],
      ['DELETE', '/streams/a', undefined],
    ] as const) {
      expect((await fetch(`${running.url}${path}`, { method, body })).status).toBe(401);
    }
  });

  it.each(['push', 'pull'])('stream-store#4: a %s handshake without a token fails with 401', async (verb) => {
    const refused = await refusedHandshake(`${running.wsUrl}/data/a/${verb}`);
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.body)).toEqual({ detail: 'Not authenticated' });
  });

  it.each(['push', 'pull'])('stream-store#6: a %s handshake with a bad token fails with 401', async (verb) => {
    expect((await refusedHandshake(`${running.wsUrl}/data/a/${verb}?token=bad`)).status).toBe(401);
  });

  it.each(['push', 'pull'])('stream-store#23 #24: cookie and query open a %s socket', async (verb) => {
    const response = await login(running.url, { username: 'a', password: 'a' });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const [cookie = ''] = response.headers.getSetCookie();
    const headers = { Cookie: cookie.split(';')[0] ?? '' };
    await (await SocketClient.open(`${running.wsUrl}/data/a/${verb}`, { headers })).close();
    await (await SocketClient.open(`${running.wsUrl}/data/a/${verb}?token=${token}`)).close();
  });

  it('a scope for one stream opens that stream and no other, to push and to pull', async () => {
    const writer = holding('streams:write:camera*');
    const reader = holding('streams:read:camera*');
    expect(await push('/data/camera1/push?ack=true', writer, Buffer.from('x'))).toMatch(/^\d+-\d+$/);
    const refusals = [
      ['/data/mic/push', writer, 'streams:write:mic'],
      ['/data/camera1/push', reader, 'streams:write:camera1'],
      ['/data/camera1+mic/push?batch=true', writer, 'streams:write:mic'],
      ['/data/camera1/pull', writer, 'streams:read:camera1'],
      ['/data/camera1+mic/pull', reader, 'streams:read:mic'],
    ] as const;
    for (const [path, init, scope] of refusals) {
      const refused = await refusedHandshake(`${running.wsUrl}${path}`, init);
      expect(refused.status).toBe(403);
      expect(refused.headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${scope}"`);
    }
    await (await SocketClient.open(`${running.wsUrl}/data/camera1/pull`, reader)).close();
  });

  it('a batch to * which names a stream out of scope closes the socket with 3003, and stores nothing', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/data/*/push?ack=true`, holding('streams:write:mine'));
    client.send('[["mine",0],["theirs",1]]');
    client.send(Buffer.from('ab'));
    expect((await client.closed).code).toBe(3003);
    const list = await fetch(`${running.url}/streams`, holding('*'));
    const names = (await list.json()) as string[];
    expect(names.filter((name) => name === 'mine' || name === 'theirs')).toEqual([]);
  });

  it('REST lists and touches only what the scopes cover', async () => {
    await push('/data/secret/push?ack=true', holding('*'), Buffer.from('x'));
    const list = await fetch(`${running.url}/streams`, holding('streams:read:camera*'));
    expect(await list.json()).toEqual(['camera1']);
    const status = async (method: string, path: string, ...scopes: string[]): Promise<number> =>
      (await fetch(`${running.url}${path}`, { method, ...holding(...scopes) })).status;
    expect(await status('GET', '/data/secret', 'streams:read:camera*')).toBe(403);
    expect(await status('GET', '/data/camera1+secret', 'streams:read:camera*')).toBe(403);
    expect(await status('GET', '/streams/secret', 'streams:read:camera*')).toBe(403);
    expect(await status('DELETE', '/streams/secret', 'streams:read', 'streams:write')).toBe(403);
    expect(await status('DELETE', '/streams/secret', 'streams:admin')).toBe(200);
  });
});
