import type { Browser, Page } from 'playwright-core';
import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConsoleModule } from '@millrace/console';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import {
  HTTP_ADAPTERS,
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
} from '../support/applications.js';
import { ask } from '../support/ask.js';
import { startBrowser } from '../support/browser.js';
import { goTo, logIn, openConsole } from './support/console-page.js';
import { SubPathProxy } from './support/sub-path-proxy.js';

interface Place {
  readonly prefix?: string;
  readonly path?: string;
  /** Whether the modules stay at the root where the host has a prefix. */
  readonly ignoreGlobalPrefix?: boolean;
  /** Where the console is. */
  readonly at: string;
}

const PLACES: Readonly<Record<string, Place>> = {
  'at the root': { at: '/console' },
  'behind a global prefix': { prefix: 'api/v1', at: '/api/v1/console' },
  'at a path of the host': { path: '/admin/hub', at: '/admin/hub' },
  'behind a prefix that the modules do not have': { prefix: 'api', ignoreGlobalPrefix: true, at: '/api/console' },
};

async function start(
  adapter: HttpAdapterName,
  { prefix, path, ignoreGlobalPrefix = false }: Place,
): Promise<RunningApplication> {
  return startApplication(
    [
      AuthModule.forRoot({
        jwt: { secret: 'a secret of thirty-two letters and more' },
        production: false,
        ignoreGlobalPrefix,
      }),
      StreamStoreModule.forRoot({ store: memoryStore(), ignoreGlobalPrefix }),
      ConnectivityModule.forRoot({ ignoreGlobalPrefix }),
      RpcModule.forRoot({ ignoreGlobalPrefix }),
      ConsoleModule.forRootAsync({
        ...(path !== undefined && { path }),
        inject: [],
        useFactory: async () => Promise.resolve({ title: 'Placed' }),
      }),
    ],
    { adapter, prepare: (app) => void (prefix && app.setGlobalPrefix(prefix)) },
  );
}

/** Logs in, sees the list of streams, and an entry that comes while it looks. */
async function useConsole(page: Page, { app }: RunningApplication): Promise<void> {
  const store = app.get(StreamStore, { strict: false });
  await store.append('placed', [Buffer.from('before')]);
  await logIn(page, 'operator', 'operator');
  await goTo(page, '/streams');
  await page.getByRole('link', { name: 'placed', exact: true }).click();
  await page.getByText('before').first().waitFor();
  await store.append('placed', [Buffer.from('while it looks')]);
  await page.getByText('while it looks').first().waitFor();
  await goTo(page, '/registry');
  await page.getByRole('heading', { level: 1, name: 'Registry' }).waitFor();
  await goTo(page, '/methods');
  await page.getByRole('link', { name: /get-version/ }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: /get-version/ }).waitFor();
}

describe.each(HTTP_ADAPTERS)('The console on %s', (adapter) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(Object.keys(PLACES))('works %s: login, lists, a live socket, calls', async (name) => {
    const place = PLACES[name]!;
    const running = await start(adapter, place);
    const { page, complaints, close } = await openConsole(browser, `${running.url}${place.at}`, null);
    await useConsole(page, running);
    expect(complaints).toEqual([]);
    await close();
    await running.close();
  });

  it.each(Object.keys(PLACES))('works %s below a path that a proxy takes away', async (name) => {
    const place = PLACES[name]!;
    const running = await start(adapter, place);
    const proxy = await SubPathProxy.start(running.url, '/hub/of/ours/');
    const { page, complaints, close } = await openConsole(browser, `${proxy.url}${place.at}/`, null);
    await useConsole(page, running);
    expect(proxy.upgrades).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await close();
    await proxy.close();
    await running.close();
  });

  it('tells of routes and sockets where the browser reaches them', async () => {
    const running = await start(adapter, PLACES['behind a global prefix']!);
    const proxy = await SubPathProxy.start(running.url, '/hub/');
    const { page, complaints, close } = await openConsole(browser, `${proxy.url}/api/v1/console#/api/rest`, null);
    await logIn(page, 'operator', 'operator');
    await page.locator('#operations-tag-streams').click();
    const list = page.locator('#operations-streams-get_api_v1_streams');
    await list.locator('.opblock-summary').click();
    await list.getByRole('button', { name: 'Execute' }).click();
    expect(await list.locator('.request-url').innerText()).toContain(`${proxy.url}/api/v1/streams`);
    expect((await ask(`${proxy.url}/api/v1/console/api/openapi.json`)).status).toBe(401);
    expect(complaints).toEqual([]);
    await close();
    await proxy.close();
    await running.close();
  });
});
