import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Logger, type LoggerService, Module, StreamableFile } from '@nestjs/common';
import { AuthModule } from '@millrace/auth';
import { Authenticator } from '@millrace/core';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { forge, goodClaims, hmac } from './support/forge.js';
import { bearer, login, SECRET, startPlaces, tokenFor } from './support/places.js';

/** An answer without an end. */
@Controller()
class Flow {
  @Get('flow')
  flow(): StreamableFile {
    return new StreamableFile(Readable.from(drops()));
  }
}

async function* drops(): AsyncGenerator<string> {
  for (;;) {
    yield 'drop';
    await pause(20);
  }
}

@Module({ controllers: [Flow] })
class FlowModule {}

it('closes a live socket with 3000 when its token runs out', async () => {
  const running = await startPlaces({ jwt: { secret: SECRET, expiresIn: '10s' } });
  try {
    const lasting = forge({ alg: 'HS256' }, goodClaims(), hmac(SECRET));
    const stays = await SocketClient.open(`${running.wsUrl}/socket/a`, bearer(lasting));
    const client = await SocketClient.open(`${running.wsUrl}/socket/a`, bearer(await tokenFor(running.url)));
    expect(await client.closed).toEqual({ code: 3000, reason: 'The token ran out' });
    expect(stays.ws.readyState).toBe(stays.ws.OPEN);
    await stays.close();
  } finally {
    await running.close();
  }
});

it.each(HTTP_ADAPTERS)('cuts an HTTP answer that flows on when its token runs out, on %s', async (adapter) => {
  const options = { jwt: { secret: SECRET, expiresIn: '10s' }, apiKeys: false } as const;
  const running = await startApplication([AuthModule.forRoot(options), FlowModule], { adapter });
  try {
    const response = await fetch(`${running.url}/flow`, bearer(await tokenFor(running.url)));
    expect(response.status).toBe(200);
    const lasting = await fetch(`${running.url}/flow`, bearer(forge({ alg: 'HS256' }, goodClaims(), hmac(SECRET))));
    await expect(response.text()).rejects.toThrow('terminated');
    const reader = lasting.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
  } finally {
    await running.close();
  }
});

describe('What is logged', () => {
  const lines: string[] = [];
  const keep = (...parts: unknown[]): void => {
    lines.push(
      parts.map((part) => (part instanceof Error ? `${part.stack} ${String(part.cause)}` : String(part))).join(' '),
    );
  };
  const logger: LoggerService = { log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep };
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlaces({}, { logger });
  });
  afterAll(async () => {
    await running.close();
    Logger.overrideLogger(false);
  });

  it('never holds a token or a password, whether let in or refused', async () => {
    const token = await tokenFor(running.url, 'quite-a-name');
    await login(running.url, { username: 'quite-a-name', password: 'quite-a-password' });
    const bad = `${token.slice(0, -5)}wrong`;
    for (const text of [token, bad]) {
      await fetch(`${running.url}/who?token=${text}`);
      await fetch(`${running.url}/nowhere?token=${text}`);
      await fetch(`${running.url}/who`, bearer(text));
      await fetch(`${running.url}/who`, { headers: { Cookie: `authorization=Bearer ${text}` } });
    }
    await (await SocketClient.open(`${running.wsUrl}/socket/a?token=${token}`)).close();
    await refusedHandshake(`${running.wsUrl}/socket/a?token=${bad}`);
    await refusedHandshake(`${running.wsUrl}/nowhere?token=${token}`);
    const authenticator = running.app.get(Authenticator);
    await expect(authenticator.authenticate(bad, { secure: true })).rejects.toThrow('Could not validate credentials');
    expect(lines.length).toBeGreaterThan(0);
    const log = lines.join('\n');
    for (const secret of [...token.split('.'), bad.split('.')[2] ?? '', 'quite-a-password', SECRET]) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('The Authenticator of core', () => {
  it('is bound: it verifies tokens and passwords for protocols which log in by a message', async () => {
    const running = await startPlaces();
    try {
      const authenticator = running.app.get(Authenticator);
      const context = { secure: false };
      const principal = { subject: 'alice', scopes: ['*'], method: 'jwt', expiresAt: expect.any(Number) };
      expect(await authenticator.authenticate(await tokenFor(running.url), context)).toEqual({
        ...principal,
        token: { id: expect.stringMatching(/^[0-9a-f]{32}$/), epochs: [] },
      });
      expect(await authenticator.authenticatePassword('alice', 'alice', context)).toEqual({
        ...principal,
        method: 'password',
        token: { epochs: [] },
      });
      const refusal = { code: 'UNAUTHENTICATED', message: 'Incorrect username or password' };
      await expect(authenticator.authenticatePassword('alice', 'bob', context)).rejects.toMatchObject(refusal);
    } finally {
      await running.close();
    }
  });

  it('limits wrong passwords for one name, and lets the others in', async () => {
    const running = await startPlaces({ throttle: { limit: 2 } });
    try {
      const authenticator = running.app.get(Authenticator);
      const attempt = (name: string, password: string): Promise<unknown> =>
        authenticator.authenticatePassword(name, password, { secure: true });
      await expect(attempt('alice', 'x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(attempt('alice', 'x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(attempt('alice', 'alice')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
      expect(await attempt('bob', 'bob')).toMatchObject({ subject: 'bob' });
      const elsewhere = { secure: true, address: '192.0.2.1' };
      expect(await authenticator.authenticatePassword('alice', 'alice', elsewhere)).toMatchObject({ subject: 'alice' });
    } finally {
      await running.close();
    }
  });
});
