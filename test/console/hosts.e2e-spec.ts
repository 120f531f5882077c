import helmet from 'helmet';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import type { Browser } from 'playwright-core';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule, MemorySourceStore } from '@millrace/connector';
import { ConsoleModule } from '@millrace/console';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HOST_ENHANCERS } from '../core/support/host-enhancers.js';
import { HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { ask } from '../support/ask.js';
import { startBrowser } from '../support/browser.js';
import { startConsole } from './support/console-application.js';
import { goTo, logIn, openConsole } from './support/console-page.js';

const ALWAYS = ['Overview', 'API'];

/** Applications with one module of ours, and what the navigation then shows. */
const ALONE: Readonly<Record<string, { readonly imports: DynamicModule[]; readonly pages: string[] }>> = {
  nothing: { imports: [], pages: ALWAYS },
  'StreamStoreModule alone': {
    imports: [StreamStoreModule.forRoot({ store: memoryStore() })],
    pages: ['Overview', 'Streams', 'Plot', 'Pictures', 'API'],
  },
  'StreamStoreModule without REST': {
    imports: [StreamStoreModule.forRoot({ store: memoryStore(), rest: false })],
    pages: ALWAYS,
  },
  'ConnectivityModule alone': { imports: [ConnectivityModule.forRoot()], pages: ['Overview', 'Registry', 'API'] },
  'ConnectorHubModule alone': {
    imports: [ConnectorHubModule.forRoot({ store: new MemorySourceStore() })],
    pages: ['Overview', 'Sources', 'API'],
  },
  'RpcModule alone': { imports: [RpcModule.forRoot()], pages: ['Overview', 'Methods', 'API'] },
};

function hostWith(provider: Provider): Type {
  @Module({ providers: [provider] })
  class HostModule {}
  return HostModule;
}

describe.each(HTTP_ADAPTERS)('The console of a host on %s', (adapter) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(Object.keys(ALONE))('with %s shows its pages only, open to everybody', async (name) => {
    const { imports, pages } = ALONE[name]!;
    const running = await startApplication([...imports, ConsoleModule.forRoot()], { adapter });
    const { page, complaints, close } = await openConsole(browser, `${running.url}/console`, null);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(await page.locator('#navigation a').allInnerTexts()).toEqual(pages);
    expect(await page.getByRole('button', { name: /Log (in|out)/ }).count()).toBe(0);
    for (const title of pages) {
      await page.locator('#navigation').getByRole('link', { name: title, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    await goTo(page, '/users');
    await page.getByText('There is no page “users” here').waitFor();
    expect(complaints).toEqual([]);
    await close();
    await running.close();
  });

  it('with helmet keeps its own policy, which the page needs', async () => {
    const running = await startConsole(adapter, { prepare: (app) => void app.use(helmet()) });
    const { headers } = await ask(running.console);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    const { page, complaints, close } = await openConsole(browser, running.console, 'admin');
    await page.getByRole('link', { name: 'Streams' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Streams' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
    await running.close();
  });

  it.each(Object.keys(HOST_ENHANCERS))('with %s for all routes is served, and lets its users in', async (name) => {
    const running = await startConsole(adapter, { imports: [hostWith(HOST_ENHANCERS[name]!)] });
    const { page, complaints, close } = await openConsole(browser, running.console, null);
    await logIn(page, 'admin');
    await page.getByRole('link', { name: 'Streams' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Streams' }).waitFor();
    expect(complaints).toEqual([]);
    for (const path of ['config.json', 'icon.svg', '']) {
      expect((await ask(`${running.console}/${path}`)).status).toBe(200);
    }
    expect([404, 500]).toContain((await ask(`${running.console}/nothing`)).status);
    await close();
    await running.close();
  });
});
