import { UserStore, type User } from '@millrace/auth';
import { HTTP_ADAPTERS, type RunningApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { bearer, startPlaces, tokenFor } from './support/places.js';

/** A host's own store: the name says the scopes. */
class Named extends UserStore {
  override async verify(name: string, password: string): Promise<User | undefined> {
    return name === password ? { name, scopes: name.split(',').filter((scope) => scope !== 'none') } : undefined;
  }
}

describe.each(HTTP_ADAPTERS)('Scopes on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlaces({ throttle: false, users: Named }, { adapter });
  });
  afterAll(() => running.close());

  it.each([
    ['*', '/read/camera', true],
    ['streams', '/read/camera', true],
    ['streams:admin', '/read/camera', true],
    ['streams:read', '/read/camera', true],
    ['streams:read:camera', '/read/camera', true],
    ['streams:read:camera', '/read/camera2', false],
    ['streams:read:camera*', '/read/camera2', true],
    ['streams:read:camera*', '/read/mic', false],
    ['streams:read:a', '/read/a+b', false],
    ['streams:read:a,streams:read:b', '/read/a+b', true],
    ['streams:read:a,streams:read:b', '/read/a%2Bb', true],
    ['streams:read:a,streams:read:b', '/read/a+b+c', false],
    ['streams:read:a', '/read/a+', false],
    ['streams:read:a', '/read/*', false],
    ['streams:read:{id}', '/read/camera', false],
    ['streams:read:a', '/read/%7Bid%7D', false],
    ['streams:write', '/read/camera', false],
    ['streams:write', '/write/camera', false],
    ['streams:write,streams:read', '/write/camera', true],
    ['rpc', '/read/camera', false],
    ['stream', '/read/camera', false],
    ['none', '/read/camera', false],
  ])('the scopes %s on %s: %s', async (scopes, path, allowed) => {
    const token = await tokenFor(running.url, scopes);
    const response = await fetch(`${running.url}${path}`, bearer(token));
    expect(response.status).toBe(allowed ? 200 : 403);
    if (!allowed) {
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", scope="streams:/);
      expect(await response.json()).toEqual({ detail: expect.stringMatching(/^The scope streams:.* is needed$/) });
    }
  });

  it('a scope with a space, as a stream may be named, does not fall apart into others', async () => {
    const token = await tokenFor(running.url, 'streams:read:lab *');
    expect((await fetch(`${running.url}/read/lab%202`, bearer(token))).status).toBe(200);
    for (const path of ['/read/lab', '/read/camera', '/write/camera']) {
      expect((await fetch(`${running.url}${path}`, bearer(token))).status).toBe(403);
    }
  });

  it('a place without scopes takes every principal', async () => {
    const response = await fetch(`${running.url}/who`, bearer(await tokenFor(running.url, 'none')));
    expect(await response.json()).toEqual({ subject: 'none', scopes: [] });
  });

  it('hold for handshakes as for routes', async () => {
    const token = await tokenFor(running.url, 'streams:read:a*');
    await (await SocketClient.open(`${running.wsUrl}/socket/a+ab`, bearer(token))).close();
    const refused = await refusedHandshake(`${running.wsUrl}/socket/a+b`, bearer(token));
    expect(refused.status).toBe(403);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="streams:read:b"');
    expect(JSON.parse(refused.body)).toEqual({ detail: 'The scope streams:read:b is needed' });
  });
});
