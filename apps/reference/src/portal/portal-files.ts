import { readFile } from 'node:fs/promises';

const FOLDER = new URL('../../public/', import.meta.url);

const TYPES = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
} as const;

/** Files of the portal's own pages that everybody may have: they hold nothing of this server. */
const ASSETS: ReadonlySet<string> = new Set([
  'asyncapi.js',
  'connections.css',
  'connections.js',
  'docs.css',
  'docs.js',
  'dom.js',
  'header.css',
  'header.js',
  'icon.svg',
  'login.js',
  'openrpc.js',
  'portal.css',
  'rpc-connection.js',
]);

/** A file, and what its type is. */
export interface PublicFile {
  readonly type: string;
  readonly content: Buffer;
}

/** An asset by its name; undefined when no file has that name. */
export async function readAsset(name: string): Promise<PublicFile | undefined> {
  return ASSETS.has(name) ? read(name) : undefined;
}

/** @param name one of our own pages, without its ending */
export async function readPage(name: string): Promise<Buffer> {
  return (await read(`${name}.html`)).content;
}

async function read(name: string): Promise<PublicFile> {
  const ending = name.slice(name.lastIndexOf('.') + 1) as keyof typeof TYPES;
  return { type: TYPES[ending], content: await readFile(new URL(name, FOLDER)) };
}
