import { Injectable, Module } from '@nestjs/common';
import type { Browser, Page } from 'playwright-core';
import { AuthModule, developmentUsers } from '@millrace/auth';
import type * as Client from '@millrace/client';
import { ConnectivityModule } from '@millrace/connectivity';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { buildClient, type BuiltClient, pageModule } from './support/browser-files.js';
import { INFO, InfoModule } from './support/info-server.js';

/** What a page has in its global scope. */
interface ClientPage {
  client: typeof Client;
}

let built: BuiltClient;
let browser: Browser;

@Injectable()
class Adder {
  @RpcMethod('add')
  add(params: number[]): number {
    return params.reduce((sum, one) => sum + one, 0);
  }
}

@Module({ providers: [Adder] })
class AdderModule {}

beforeAll(async () => {
  [built, browser] = await Promise.all([buildClient(), startBrowser()]);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

describe.each(HTTP_ADAPTERS)('connect() in a page, from a server on %s', (adapter) => {
  let running: RunningApplication;
  let page: Page;
  beforeAll(async () => {
    running = await startApplication(
      [
        AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' }, users: developmentUsers() }),
        StreamStoreModule.forRoot({ store: memoryStore() }),
        ConnectivityModule.forRoot({}),
        RpcModule.forRoot({ paths: ['/rpc'] }),
        InfoModule,
        AdderModule,
        pageModule(() => built),
      ],
      { adapter },
    );
    page = await browser.newPage();
    await page.goto(`${running.url}/page`);
    await page.waitForFunction(() => 'client' in globalThis);
  });
  afterAll(async () => {
    await page?.close();
    await running?.close();
  });

  it('reaches the server it came from: login, information, push, pull, RPC', async () => {
    const seen = await page.evaluate(async () => {
      const { connect } = (globalThis as unknown as ClientPage).client;
      const millrace = await connect({ login: { name: 'ann', password: 'ann' } });
      const stream = millrace.stream('camera ü');
      const push = stream.push({ batch: { entries: 50 } });
      const ids = await Promise.all(
        Array.from({ length: 200 }, (_, n) => push.send(new Uint8Array(10_000).fill(n % 256))),
      );
      await push.close();
      const pulled: [string, number, number][] = [];
      for await (const { id, data } of stream.pull({ after: '0', follow: false }))
        pulled.push([id, data.length, data[9_999] ?? -1]);
      const outcome = {
        info: await millrace.info(),
        ids,
        pulled,
        names: await millrace.streams.list(),
        sum: await millrace.rpc.request<number>('add', [1, 2, 3]),
        url: millrace.url,
      };
      await millrace.close();
      return outcome;
    });
    expect(seen.info).toEqual(INFO);
    expect(seen.url).toBe(`${running.url}/`);
    expect(seen.names).toEqual(['camera ü']);
    expect(seen.sum).toBe(6);
    expect(new Set(seen.ids).size).toBe(200);
    expect(seen.pulled).toEqual(seen.ids.map((id, n) => [id, 10_000, n % 256]));
  });

  it('watches the registry, and reads without waiting', async () => {
    const seen = await page.evaluate(async () => {
      const { connect } = (globalThis as unknown as ClientPage).client;
      const millrace = await connect({ login: { name: 'ann', password: 'ann' } });
      await millrace.registry.publish('session', { uid: 'page', uri: 'wss://here', dataType: 'Frame' });
      const types: string[] = [];
      for await (const event of millrace.registry.watch('session')) {
        types.push(event.type);
        if (event.type === 'retracted') break;
        if (event.type === 'snapshot') await millrace.registry.retract('session', 'page');
      }
      const push = millrace.stream('newest').push({ ack: false });
      await push.send('a');
      await push.send('bc');
      await push.close();
      const newest = await millrace.stream('newest').read({ count: 2 });
      await millrace.close();
      return { types, newest: newest.map(({ data }) => new TextDecoder().decode(data)) };
    });
    expect(seen).toEqual({ types: ['snapshot', 'retracted'], newest: ['a', 'bc'] });
  });

  it('leaves a login to the browser: requests, sockets and calls go by the cookie, and the token stands nowhere', async () => {
    const context = await browser.newContext();
    const own = await context.newPage();
    const credentials: string[] = [];
    const sockets: string[] = [];
    own.on('websocket', (socket) => sockets.push(socket.url()));
    own.on('request', (request) => {
      const { authorization } = request.headers();
      if (authorization !== undefined || request.url().includes('token=')) credentials.push(request.url());
    });
    try {
      await own.goto(`${running.url}/page`);
      await own.waitForFunction(() => 'client' in globalThis);
      const seen = await own.evaluate(async () => {
        const { connect } = (globalThis as unknown as ClientPage).client;
        const nameOf = (error: unknown): string => (error as Error).name;
        const millrace = await connect();
        const before = await millrace.session().catch(nameOf);
        const answer: unknown = await millrace.login({ name: 'ann', password: 'ann' }, { cookie: true });
        const { subject, kind, scopes } = await millrace.session();
        const stream = millrace.stream('by cookie');
        const push = stream.push();
        await push.send('a');
        await push.close();
        const pulled: number[] = [];
        for await (const { data } of stream.pull({ after: '0', follow: false })) pulled.push(data.length);
        const sum = await millrace.rpc.request<number>('add', [1, 2]);
        const watched = await millrace.registry.list('nowhere');
        // Another client of the page is logged in too.
        const other = await connect();
        const same = (await other.session()).subject;
        const readable = (globalThis as unknown as { document: { cookie: string } }).document.cookie;
        const socket = await other.rpc.request<number>('add', [3]);
        const { token } = millrace;
        await millrace.logout();
        const after = await other.session().catch(nameOf);
        const call = await other.rpc.request('add', [1]).catch(nameOf);
        await millrace.close();
        await other.close();
        return {
          before,
          answer,
          token,
          subject,
          kind,
          scopes,
          pulled,
          sum,
          watched,
          same,
          readable,
          socket,
          after,
          call,
        };
      });
      expect(seen).toEqual({
        before: 'UnauthenticatedError',
        answer: undefined,
        token: undefined,
        ...{ subject: 'ann', kind: 'token', scopes: ['*'] },
        ...{ pulled: [1], sum: 3, watched: [], same: 'ann', readable: '', socket: 3 },
        after: 'UnauthenticatedError',
        // A page is not told why a handshake fails.
        call: expect.stringMatching(/Error$/),
      });
      expect(new Set(sockets.map((url) => new URL(url).pathname))).toEqual(
        new Set(['/data/by%20cookie/push', '/data/by%20cookie/pull', '/rpc']),
      );
      expect(sockets.filter((url) => url.includes('token'))).toEqual([]);
      expect(credentials).toEqual([]);
      expect(await context.cookies()).toEqual([]);
    } finally {
      await context.close();
    }
  });

  it('forgets a login without a cookie as well, and refuses a cookie of another server', async () => {
    const seen = await page.evaluate(
      async (elsewhere) => {
        const { connect } = (globalThis as unknown as ClientPage).client;
        const nameOf = (error: unknown): string => (error as Error).name;
        const millrace = await connect({ login: { name: 'ann', password: 'ann' } });
        const { token } = millrace;
        await millrace.logout();
        const after = [millrace.token, await millrace.session().catch(nameOf)];
        const kept = await connect({ token: token ?? '', check: false });
        const revoked = await kept.session().catch(nameOf);
        const foreign = await connect(elsewhere, { check: false });
        const refused = await foreign.login({ name: 'ann', password: 'ann' }, { cookie: true }).catch(nameOf);
        await Promise.all([millrace.close(), kept.close(), foreign.close()]);
        return { after, revoked, refused };
      },
      running.url.replace('127.0.0.1', 'localhost'),
    );
    expect(seen).toEqual({
      after: [undefined, 'UnauthenticatedError'],
      revoked: 'UnauthenticatedError',
      refused: 'ConfigurationError',
    });
  });

  it('says what is wrong: credentials, a server that is not there, settings a page cannot have', async () => {
    const seen = await page.evaluate(async () => {
      const { connect } = (globalThis as unknown as ClientPage).client;
      const nameOf = (error: unknown): string => (error as Error).name;
      const failure = (...given: Parameters<typeof Client.connect>): Promise<unknown> =>
        connect(...given).catch(nameOf);
      const open = await connect({ token: 'rubbish', check: false });
      const refused = await open.streams.list().catch(nameOf);
      await open.close();
      return {
        refused,
        wrong: await failure({ login: { name: 'ann', password: 'x' } }),
        nowhere: await failure('127.0.0.1:1', { connectTimeout: '60s' }),
        key: await failure({ apiKey: 'mr_x_y' }),
        authorities: await failure('https://localhost:1', { tls: { caData: 'x' } }),
        profile: await failure({ profile: 'research' }),
      };
    });
    expect(seen).toEqual({
      refused: 'UnauthenticatedError',
      wrong: 'UnauthenticatedError',
      nowhere: 'ServiceUnavailableError',
      key: 'InsecureKeyError',
      authorities: 'ConfigurationError',
      profile: 'CredentialsFileNotFoundError',
    });
  });
});
