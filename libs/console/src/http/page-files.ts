import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { escapedHtml } from './escaped-html.js';
import { KeptFiles, type KeptFile } from './kept-files.js';

/** Where the build has put the pages, seen from `src` as well as from `dist`. */
const FOLDER = new URL('../../dist/page/', import.meta.url);

/** Which files the build has made: `manifest.json` beside them. */
interface Manifest {
  /** Name of the script that a page loads first, of the styles and of the icon; the others are loaded by the script. */
  readonly script: string;
  /** Those that the script needs before it runs: a page that names them gets all at once. */
  readonly preload: readonly string[];
  readonly style: string;
  readonly icon: string;
  readonly files: readonly string[];
}

/** The files of the pages. They are read once, and hold nothing of this server. */
@Injectable()
export class PageFiles {
  private manifest: Promise<Manifest> | undefined;
  private readonly kept = new KeptFiles();

  /** The page itself, whose files are in `folder` relative to its address. */
  async index(folder: string, title: string): Promise<string> {
    const { script, preload, style, icon } = await this.known();
    const assets = `${folder}assets/`;
    return [
      '<!doctype html>',
      '<html lang="en">',
      '<head>',
      '<meta charset="utf-8">',
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      '<meta name="color-scheme" content="light dark">',
      `<meta name="console-folder" content="${folder}">`,
      `<title>${escapedHtml(title)}</title>`,
      `<link rel="icon" href="${assets}${icon}">`,
      `<link rel="stylesheet" href="${assets}${style}">`,
      ...preload.map((name) => `<link rel="modulepreload" href="${assets}${name}">`),
      '</head>',
      '<body>',
      '<noscript>The console needs JavaScript.</noscript>',
      '<div id="console"></div>',
      `<script type="module" src="${assets}${script}"></script>`,
      '</body>',
      '</html>',
      '',
    ].join('\n');
  }

  /** The icon, which hosts may show where browsers ask for one by themselves. */
  async icon(): Promise<KeptFile> {
    const { icon } = await this.known();
    return this.kept.read(new URL(icon, FOLDER));
  }

  /** A file by its name; undefined when the build has not made it. */
  async find(name: string): Promise<KeptFile | undefined> {
    const { files } = await this.known();
    if (!files.includes(name)) return undefined;
    return this.kept.read(new URL(name, FOLDER));
  }

  private known(): Promise<Manifest> {
    this.manifest ??= readManifest().catch((error: unknown) => {
      this.manifest = undefined;
      throw error;
    });
    return this.manifest;
  }
}

async function readManifest(): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(new URL('manifest.json', FOLDER), 'utf8')) as Manifest;
  } catch (cause) {
    throw new MillraceError(
      'UNAVAILABLE',
      'The pages of the console are not there: run npm run build, or install @millrace/console again',
      { cause },
    );
  }
}
