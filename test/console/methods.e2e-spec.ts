import { Injectable, Module } from '@nestjs/common';
import { RpcMethod, RpcReply, type RpcTask, Task } from '@millrace/rpc';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, PASSWORD, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, logIn, openConsole } from './support/console-page.js';

const AIM = z.object({
  target: z.number().min(0).max(100),
  speed: z
    .int()
    .optional()
    .meta({ examples: [3] }),
  axis: z.string().meta({ examples: ['x'] }),
  mode: z.enum(['fast', 'fine']).default('fast'),
  notes: z.object({ by: z.string() }).optional(),
});
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

@Injectable()
class Bench {
  cancelled = 0;
  finish: () => void = () => undefined;

  @RpcMethod('aim', { description: 'Aims at something.', params: AIM, result: z.any(), tags: ['drive'] })
  aim(params: z.output<typeof AIM>): unknown {
    return params;
  }

  @RpcMethod('scan', { description: 'Takes its time.', async: true, result: z.string(), tags: ['drive'] })
  async scan(@Task() task: RpcTask): Promise<string> {
    task.progress('Half of it', 0.5);
    await new Promise<void>((resolve, reject) => {
      this.finish = resolve;
      task.signal.addEventListener('abort', () => {
        this.cancelled += 1;
        reject(task.signal.reason as Error);
      });
    });
    return 'scanned';
  }

  @RpcMethod('snapshot', { description: 'Answers a picture.', result: z.object({ format: z.string() }) })
  snapshot(): RpcReply {
    return new RpcReply({ format: 'image/png' }, PNG);
  }
}

@Module({ providers: [Bench] })
class BenchModule {}

describe.each(HTTP_ADAPTERS)('The methods in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  let bench: Bench;
  beforeAll(async () => {
    running = await startConsole(adapter, { imports: [BenchModule] });
    bench = running.app.get(Bench);
    await running.users.add({ name: 'driver', password: PASSWORD, scopes: ['rpc:call:aim', 'rpc:call:rpc.discover'] });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });
  const call = (page: Page): Promise<void> => page.getByRole('button', { name: 'Call', exact: true }).click();

  it('makes a form of a schema, checks it, calls, and calls again', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/methods');
    await page.getByLabel('Search methods').fill('drive');
    await page.getByRole('link', { name: /aim/ }).click();
    await page.getByText('such as 3').waitFor();
    expect(await page.getByLabel('axis').inputValue()).toBe('x');
    await call(page);
    await page.getByText('target must be given').waitFor();
    await page.getByLabel('target').fill('200');
    await page.getByLabel('notes').fill('{"of": 1}');
    await call(page);
    await page.getByText('target must be at most 100').waitFor();
    await page.getByText('notes "by" is missing').waitFor();
    await page.getByLabel('target').fill('20');
    await page.getByLabel('mode').selectOption('fine');
    await page.getByLabel('notes').fill('{"by": "Ada"}');
    await call(page);
    const answer = page.getByRole('group', { name: 'Answer of aim' });
    await answer.getByText('"Ada"').waitFor();
    await answer.getByRole('button', { name: 'Raw' }).click();
    expect(JSON.parse((await answer.getByRole('group', { name: 'Result' }).textContent())!)).toEqual({
      target: 20,
      axis: 'x',
      mode: 'fine',
      notes: { by: 'Ada' },
    });
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: 'Copy the call of aim' }).click();
    const dialog = page.getByRole('dialog');
    const command = (await dialog.getByRole('group', { name: /curl/ }).textContent())!;
    expect(command).toContain(`${running.url}/rpc`);
    expect(command).toContain('"target":20');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByLabel('target').fill('21');
    await page.getByRole('button', { name: 'Call again: aim' }).click();
    await page.getByRole('button', { name: 'Call again: aim' }).nth(1).waitFor();
    expect(await page.getByLabel('target').inputValue()).toBe('20');
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('shows how far a call is, cancels it, and shows the picture of a reply', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/methods/scan');
    await call(page);
    await page.getByText('Half of it · 50 %').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alert').getByText('20', { exact: true }).waitFor();
    await waitFor('the method to hear of it', () => bench.cancelled === 1);
    await call(page);
    await page.getByText('Half of it · 50 %').waitFor();
    bench.finish();
    await page.getByText('"scanned"').waitFor();

    await goTo(page, '/methods/snapshot');
    await call(page);
    const picture = page.getByRole('img', { name: 'Picture that snapshot has answered' });
    await picture.waitFor();
    expect(await picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(1);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('asks for a login that has run out, and goes on where the user was', async () => {
    const { page, close } = await openConsole(browser, running.console);
    await page.context().clearCookies();
    await goTo(page, '/methods/aim');
    await page.getByText('Your login has run out').waitFor();
    await logIn(page, 'admin');
    await page.getByRole('heading', { level: 1, name: 'aim' }).waitFor();
    await close();
  });

  it('shows nobody what they may not call', async () => {
    const driver = await openConsole(browser, running.console, 'driver');
    await goTo(driver.page, '/methods');
    await driver.page.getByRole('link', { name: /aim/ }).waitFor();
    expect(await driver.page.getByRole('link', { name: /scan/ }).count()).toBe(0);
    await driver.close();
    const reader = await openConsole(browser, running.console, 'reader');
    const pages = reader.page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Registry' }).waitFor();
    expect(await pages.getByRole('link', { name: 'Methods' }).count()).toBe(0);
    await reader.close();
  });
});
