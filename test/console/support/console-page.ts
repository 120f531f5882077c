import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { complaintsOf } from '../../support/complaints.js';
import { PASSWORD } from './console-application.js';

/** A page of the console, and what it complained about, such as what its policy forbids. */
export interface ConsolePage {
  readonly page: Page;
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** Opens the console in a context of its own, and logs in; with null it stays at the login. */
export async function openConsole(
  browser: Browser,
  address: string,
  name: string | null = 'admin',
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(address);
  if (name !== null) await logIn(page, name);
  return { page, complaints, close: () => context.close() };
}

/** Fills in the page to log in. */
export async function logIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).or(page.locator('#main')).first().waitFor();
}

/** Goes to a page of the console by its address behind `#`. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds on the page that is serious or worse, a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  return page.evaluate(async (source) => {
    type Found = { violations: { id: string; impact: string; nodes: { target: string[] }[] }[] };
    const scope = globalThis as unknown as { axe?: { run(): Promise<Found> } };
    // Not a script of the page, so its policy does not count.
    if (!scope.axe) (0, eval)(source);
    const { violations } = await scope.axe!.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }, AXE);
}
