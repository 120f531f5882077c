import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** For its start and for each thing a page is asked to do, in milliseconds: by itself it gives up after 30 s. */
const PATIENCE = 100_000;
const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts a headless Chromium, with further arguments of its command line. @throws Error with the command that installs one */
export async function startBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = [process.env['CHROMIUM'], ...CANDIDATES].find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('No Chromium found; install one: apt-get install chromium (or set CHROMIUM)');
  const args = ['--no-sandbox', '--disable-dev-shm-usage', ...more];
  const browser = await chromium.launch({ executablePath, headless: true, timeout: PATIENCE, args });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE));
  return browser;
}
