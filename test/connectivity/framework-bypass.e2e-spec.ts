import { type CanActivate, Controller, ForbiddenException, Get, Injectable, Module, Scope } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConnectivityModule } from '@millrace/connectivity';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { RegistryClient, wire } from './registry-client.js';

class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException('the guard of the host');
  }
}

@Controller()
class HostController {
  @Get('host')
  answer(): string {
    return 'host';
  }
}

@Module({ controllers: [HostController], providers: [{ provide: APP_GUARD, useClass: NobodyGuard }] })
class HostModule {}

describe.each(BOTH_HTTP_ADAPTERS)('The registry past the framework, on %s', (adapter) => {
  let running: RunningApplication;
  let client: RegistryClient;
  beforeAll(async () => {
    const registry = ConnectivityModule.forRoot({ public: true, bypassFramework: true, prefix: 'registry' });
    running = await startApplication([registry, HostModule], {
      adapter,
      prepare: (app) => void app.setGlobalPrefix('v1'),
    });
    client = new RegistryClient(`${running.url}/v1/registry`);
  });
  afterAll(() => running.close());

  it('answers publications and lookups below the prefixes, unseen by the guards of the host', async () => {
    const published = await client.publish('p', [wire('a'), wire('b')]);
    expect(published).toMatchObject({ status: 200, text: 'OK' });
    expect(await client.names('p', '.*')).toEqual(['a', 'b']);
    expect(await client.names('p', 'b')).toEqual(['b']);
  });

  it('answers errors as the usual way does, and goes on', async () => {
    for (const [body, reason] of [
      ['{', 'The body is not JSON'],
      ['{"partition":"p"}', '"connections" is missing; it must be a list'],
    ] as const) {
      const { status, text } = await client.post('/publish', body);
      expect(status).toBe(400);
      expect((JSON.parse(text) as { detail: string }).detail).toContain(reason);
    }
    expect((await client.lookup('unknown', '.*')).status).toBe(404);
    expect((await client.lookup('p', '(')).status).toBe(400);
    expect((await client.post('/publish', Buffer.alloc(17 * 1024 * 1024, ' '))).status).toBe(413);
    expect(await client.names('p', 'a')).toEqual(['a']);
  });

  it('leaves every other request to the host, with its guards', async () => {
    for (const path of ['/v1/host', '/v1/registry/publish', '/nothing'])
      expect([403, 404]).toContain((await fetch(`${running.url}${path}`)).status);
    expect((await fetch(`${running.url}/v1/host`)).status).toBe(403);
    expect((await client.retract('p', ['a'])).status).toBe(403);
  });
});

it.each(BOTH_HTTP_ADAPTERS)('The log names the guards of the host that are passed by, on %s', async (adapter) => {
  @Injectable({ scope: Scope.REQUEST })
  class TenantGuard extends NobodyGuard {}
  class LateGuard extends NobodyGuard {}
  @Module({ providers: [{ provide: APP_GUARD, useClass: TenantGuard, scope: Scope.REQUEST }] })
  class TenantModule {}
  const warned: unknown[] = [];
  const nothing = (): void => undefined;
  const logger = { log: nothing, error: nothing, debug: nothing, warn: (text: unknown) => void warned.push(text) };
  const registry = ConnectivityModule.forRoot({ public: true, bypassFramework: true });
  const running = await startApplication([registry, HostModule, TenantModule], {
    adapter,
    logger,
    prepare: (app) => void app.useGlobalGuards(new LateGuard()),
  });
  expect(warned).toContain(
    'bypassFramework is on: publications and look-ups do not pass NobodyGuard, LateGuard, TenantGuard',
  );
  await running.close();
});

it('To bypass the framework is refused where requests need a credential', async () => {
  await expect(startApplication([ConnectivityModule.forRoot({ bypassFramework: true })])).rejects.toThrow(
    /ConnectivityModule.*bypassFramework.*public: true/s,
  );
});
