import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The built files of the client, as they are published. */
export interface BuiltClient {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Builds the client into a folder of its own. */
export async function buildClient(): Promise<BuiltClient> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-client-'));
  const root = resolve(__dirname, '../../..');
  await promisify(execFile)(process.execPath, [
    ...[join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'libs/client/tsconfig.lib.json')],
    ...['--outDir', directory, '--tsBuildInfoFile', join(directory, '.tsbuildinfo')],
  ]);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A page that loads the built files as they are (no bundler, no import map) and keeps them as `client`. */
export const CLIENT_PAGE = (
  path: string,
): string => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="module">import * as client from '${path}/browser/index.js'; globalThis.client = client;</script>`;
