import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { AuthModule } from '@millrace/auth';
import { ConnectorHubModule } from '@millrace/connector';
import { Public } from '@millrace/core';
import { RawConnector } from '../connector/support/raw-connector.js';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { login, SECRET, startPlaces } from './support/places.js';

const wrong = { username: 'a', password: 'wrong' };

describe.each(HTTP_ADAPTERS)('Login attempts on %s', (adapter) => {
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  it('are refused with 429 and Retry-After above the limit, good ones too; other routes go on', async () => {
    running = await startPlaces({ throttle: { limit: 3, ttl: '1m' } }, { adapter });
    const began = Date.now();
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await login(running.url, wrong)).status).toBe(401);
    for (const fields of [wrong, { username: 'a', password: 'a' }]) {
      const refused = await login(running.url, fields);
      expect(refused.status).toBe(429);
      const passed = Math.ceil((Date.now() - began) / 1000);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(60 - passed);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(refused.headers.get('cache-control')).toBe('no-store');
      expect(refused.headers.get('set-cookie')).toBeNull();
      expect(await refused.json()).toEqual({
        detail: expect.stringMatching(/^Too many login attempts; try again in \d+ s$/),
      });
    }
    expect((await fetch(`${running.url}/open`)).status).toBe(200);
  });

  it('count again after the time is over', async () => {
    running = await startPlaces({ throttle: { limit: 1, ttl: '3s' } }, { adapter });
    const { url } = running;
    const attempt = async (): Promise<number> => (await login(url, wrong)).status;
    expect(await attempt()).toBe(401);
    // Of two that are further apart than that the second is the first of another count.
    await waitFor('a refusal', async () => (await attempt()) === 429);
    await waitFor('the time to be over', async () => (await attempt()) === 401);
  });

  it("neither use up the host's own throttling nor are loosened by it", async () => {
    @Controller()
    @Public()
    class Host {
      @Get('host')
      @UseGuards(ThrottlerGuard)
      get(): boolean {
        return true;
      }
    }
    @Module({ imports: [ThrottlerModule.forRoot([{ limit: 2, ttl: 60_000 }])], controllers: [Host] })
    class HostModule {}

    const auth = AuthModule.forRoot({ jwt: { secret: SECRET }, throttle: { limit: 3 } });
    running = await startApplication([HostModule, auth], { adapter });
    const host = async (): Promise<number> => (await fetch(`${running?.url}/host`)).status;
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await login(running.url, wrong)).status).toBe(401);
    expect((await login(running.url, wrong)).status).toBe(429);
    expect([await host(), await host(), await host()]).toEqual([200, 200, 429]);
  });
});

it('of a connector keep nobody out who has the same name at another address', async () => {
  const options = { throttle: { limit: 1 }, apiKeys: { trustProxy: 'loopback' } };
  const auth = AuthModule.forRoot({ jwt: { secret: SECRET }, ...options });
  const running = await startApplication([auth, ConnectorHubModule.forRoot()]);
  const attempt = async (address: string, password: string): Promise<number | undefined> => {
    const socket = { headers: { 'X-Forwarded-For': address } };
    const connector = await RawConnector.open(running.wsUrl, 'thermostat', { socket });
    connector.send({ op: 'authenticate', object: { username: 'alice', password } });
    const { status } = await connector.next();
    await connector.client.close();
    return status;
  };
  try {
    expect(await attempt('192.0.2.1', 'guessed')).toBe(401);
    expect(await attempt('192.0.2.2', 'alice')).toBe(200);
  } finally {
    await running.close();
  }
});
