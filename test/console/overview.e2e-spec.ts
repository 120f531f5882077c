import { Module } from '@nestjs/common';
import type { Browser } from 'playwright-core';
import { connect } from '@millrace/client';
import { MillraceCoreModule } from '@millrace/core/module';
import { OperationsRegistry } from '@millrace/core/ops';
import { MillraceStatisticsModule } from '@millrace/core/statistics';
import type { Notice } from '@millrace/protocol';
import { StreamStore } from '@millrace/stream-store';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, PASSWORD, startConsole } from './support/console-application.js';
import { accessibilityFaults, openConsole } from './support/console-page.js';

const FLOOD: Notice = { code: 'FLOOD', level: 'error', text: 'The mill is under water', remedy: 'Open the sluice' };
const DRY: Notice = { code: 'DRY', level: 'warning', text: 'The stream runs dry', remedy: 'Pray for rain' };

/** Says that something is the matter. */
@Module({ imports: [MillraceCoreModule] })
class MillModule {
  constructor(operations: OperationsRegistry) {
    operations.add({ name: 'mill', notices: () => [DRY, FLOOD] });
  }
}

const OFTEN = MillraceStatisticsModule.forRoot({ interval: 200 });

describe.each(HTTP_ADAPTERS)('The overview of the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  beforeAll(async () => {
    running = await startConsole(adapter, { imports: [OFTEN, MillModule] });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  it('shows what is wrong, the worst first, and how the server does', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText('The mill is under water.').waitFor();
    expect(await notices.textContent()).toMatch(/under water.*Open the sluice.*runs dry.*Pray for rain/);

    const millrace = await connect(running.url, { login: { name: 'admin', password: PASSWORD } });
    const pusher = millrace.streams.push('wheel');
    const busy = page.getByRole('region', { name: 'Busiest streams' });
    const figures = page.getByRole('region', { name: 'Streams', exact: true });
    await waitFor('a rate of what comes in', async () => {
      await pusher.send(Buffer.alloc(1000));
      return /Entries in[1-9]/.test((await figures.textContent()) ?? '');
    });
    await busy.getByRole('link', { name: 'wheel' }).waitFor();
    await page.getByRole('img', { name: /^Entries a second, until .*: In .*\/s/ }).waitFor();
    await page.getByText('All figures as a table').click();
    await page.getByRole('row').filter({ hasText: 'Memory' }).filter({ hasText: 'MB' }).waitFor();
    await page.getByRole('link', { name: /^Users \d+ users/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await millrace.close();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('shows what it may to those without the scope for statistics', async () => {
    await running.app.get(StreamStore).append('wheel', [Buffer.from('once')]);
    await running.users.add({ name: 'miller', password: PASSWORD, scopes: ['streams:read'] });
    const { page, complaints, close } = await openConsole(browser, running.console, 'miller');
    await page.getByText('are shown to those who hold the scope statistics:read').waitFor();
    await page.getByRole('region', { name: 'Busiest streams' }).getByRole('link', { name: 'wheel' }).waitFor();
    await page.getByRole('link', { name: /^Streams 1 stream/ }).waitFor();
    expect(await page.getByText('The mill is under water').count()).toBe(0);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('says that the server is away, and goes on with the figures of another instance by itself', async () => {
    const proxy = await CuttingProxy.start(running.port);
    const { page, close } = await openConsole(browser, `${proxy.url}/console`);
    await page.getByText('The mill is under water.').waitFor();
    proxy.target = undefined;
    proxy.cut();
    await page.getByText('The server does not answer').first().waitFor();
    const next = await startConsole(adapter, { imports: [OFTEN] });
    proxy.target = next.port;
    await page.getByText('Another instance of the server answers now').waitFor();
    await page.getByText('All is well').waitFor();
    await page.getByText('The server does not answer').first().waitFor({ state: 'detached' });
    await close();
    await proxy.close();
    await next.close();
  });
});
