import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts a headless Chromium. @throws Error with the command that installs one */
export async function startBrowser(): Promise<Browser> {
  const executablePath = [process.env['CHROMIUM'], ...CANDIDATES].find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('No Chromium found; install one: apt-get install chromium (or set CHROMIUM)');
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
