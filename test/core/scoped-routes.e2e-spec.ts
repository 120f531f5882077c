import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthModule } from '@millrace/auth';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { GLOBAL_SCOPES, guardOf, Ledger, oneTenant } from './support/scoped-guards.js';

/** Routes of `AuthModule`: what decides, and the answer to who is let in by it. */
const ROUTES: readonly [method: string, path: string, by: string, allowed: number][] = [
  ['POST', '/token', 'TokenController.create', 401],
  ['POST', '/logout', 'TokenController.end', 204],
  ['GET', '/keys', 'ApiKeysController.list', 200],
  ['POST', '/keys', 'ApiKeysController.create', 400],
  ['DELETE', '/keys/none', 'ApiKeysController.revoke', 404],
  ['DELETE', '/tokens?user=nobody', 'RevocationsController.revokeOfUser', 204],
  ['DELETE', '/tokens/none', 'RevocationsController.revokeById', 204],
  // Ends the token of the test.
  ['POST', '/token/revoke', 'RevocationsController.revoke', 200],
];

describe.each(BOTH_HTTP_ADAPTERS)('A global guard of the host before keys and tokens on %s', (adapter) => {
  describe.each(GLOBAL_SCOPES)('of the scope %s', (scope) => {
    const ledger = new Ledger();
    let running: RunningApplication;
    let token: string;
    let endTenancy: () => void;
    beforeAll(async () => {
      endTenancy = oneTenant();
      @Module({
        imports: [AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' } })],
        providers: [{ provide: APP_GUARD, useClass: guardOf(scope, ledger) }],
      })
      class HostModule {}
      running = await startApplication([HostModule], { adapter });
      const body = new URLSearchParams({ username: 'ada', password: 'ada' });
      const login = await fetch(`${running.url}/token`, { method: 'POST', body });
      token = ((await login.json()) as { access_token: string }).access_token;
    });
    afterAll(async () => {
      endTenancy();
      await running.close();
    });

    const ask = async (method: string, path: string): Promise<number> => {
      const headers = { Authorization: `Bearer ${token}` };
      const body = path === '/token' ? new URLSearchParams({ username: 'a', password: 'wrong' }) : undefined;
      return (await fetch(running.url + path, { method, headers, ...(body ? { body } : {}) })).status;
    };

    it.each(ROUTES)('%s %s', async (method, path, by, allowed) => {
      ledger.clear();
      expect(await ask(method, path)).toBe(allowed);
      expect(ledger.counts()).toEqual({ [`http ${by}`]: 1 });
      ledger.allows = () => false;
      expect(await ask(method, path)).toBe(403);
      expect(ledger.asked.every(({ constructed }) => constructed)).toBe(true);
    });
  });
});
