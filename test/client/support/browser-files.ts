import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The client for pages, as it is published. */
export interface BuiltClient {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Makes the client one file for pages, in a folder of its own. */
export async function buildClient(): Promise<BuiltClient> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-client-'));
  const root = resolve(__dirname, '../../..');
  await promisify(execFile)(process.execPath, [join(root, 'tools/bundle-client.mjs'), directory]);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A page that loads the file as it is (no bundler, no import map) and keeps it as `client`. */
export const CLIENT_PAGE = (
  path: string,
): string => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="module">import * as client from '${path}/standalone.js'; globalThis.client = client;</script>`;
