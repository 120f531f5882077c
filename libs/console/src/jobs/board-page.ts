import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MillraceError } from '@millrace/core/errors';
import { escapedHtml } from '../http/escaped-html.js';
import { KeptFiles, type KeptFile } from '../http/kept-files.js';

/** Where the page finds {@link BASE_SCRIPT}, below the path of the board. */
export const BASE_SCRIPT_NAME = 'base.js';

/**
 * The scripts of bull-board take the address of the board from the text of `<base>`, where they want the whole path. Only the
 * browser knows it: a proxy may have taken its beginning away.
 */
export const BASE_SCRIPT = `const base = document.querySelector('base');
base.setAttribute('href', new URL(base.href).pathname);
`;

/** Where the page finds {@link BOARD_STYLES}, below the path of the board. */
export const BOARD_STYLES_NAME = 'way-back.css';

/** The link back to the console, which stands over the board on phones too. */
export const BOARD_STYLES = `.way-back {
  position: fixed;
  right: 1rem;
  bottom: 1rem;
  z-index: 20;
  padding: 0.5rem 0.9rem;
  border-radius: 1.2rem;
  background: #17405c;
  color: #fff;
  font: 600 0.9rem system-ui, sans-serif;
  text-decoration: none;
  box-shadow: 0 1px 6px rgb(0 0 0 / 40%);
}
.way-back:focus-visible {
  outline: 3px solid #fff;
  outline-offset: -5px;
}
`;

interface BoardNames {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

/** The page of bull-board and its files, in the folder of its package. */
export class BoardPage {
  private readonly kept = new KeptFiles();
  private known: Promise<BoardNames> | undefined;

  constructor(private readonly folder: string) {}

  /**
   * The page. That of the package has its styles and fonts from elsewhere and in itself, which the policy of the console forbids;
   * this one has the same scripts and files.
   *
   * @param up the path of the board, relative to the address of the page
   */
  async html(up: string, title: string, config: object): Promise<string> {
    const { scripts, styles } = await this.names();
    const data = JSON.stringify(config).replace(/</g, '\\u003c').replace(/>/g, '\\u003e');
    return [
      '<!doctype html>',
      '<html lang="en" dir="ltr">',
      '<head>',
      '<meta charset="utf-8">',
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      `<base href="${up}">`,
      `<script src="${BASE_SCRIPT_NAME}"></script>`,
      `<title>${escapedHtml(title)}</title>`,
      '<link rel="icon" id="fav-logo" href="static/images/logo.svg">',
      `<link rel="stylesheet" href="${BOARD_STYLES_NAME}">`,
      ...styles.map((style) => `<link rel="stylesheet" href="${style}">`),
      '</head>',
      '<body class="preload">',
      '<noscript>The board needs JavaScript.</noscript>',
      // Not a script to the browser, but text.
      `<script id="__UI_CONFIG__" type="application/json">${data}</script>`,
      '<a class="way-back" href="../#/jobs">← Back to the console</a>',
      '<div id="root">Loading the jobs…</div>',
      ...scripts.map((script) => `<script defer src="${script}"></script>`),
      '</body>',
      '</html>',
      '',
    ].join('\n');
  }

  /** A file below `static/`; undefined when there is none. */
  async find(path: string): Promise<KeptFile | undefined> {
    if (!/^static(\/[\w-][\w.-]*)+$/.test(path)) return undefined;
    try {
      return await this.kept.read(pathToFileURL(join(this.folder, path)));
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ENOENT' || code === 'EISDIR') return undefined;
      throw error;
    }
  }

  private names(): Promise<BoardNames> {
    this.known ??= this.readNames().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }

  private async readNames(): Promise<BoardNames> {
    const text = await readFile(join(this.folder, 'index.ejs'), 'utf8');
    const scripts = groups(text, /<script [^>]*src="(static\/[\w./-]+\.js)"/g);
    const styles = groups(text, /<link [^>]*href="(static\/[\w./-]+\.css)"/g);
    if (scripts.length === 0) {
      throw new MillraceError(
        'UNAVAILABLE',
        'The page of @bull-board/ui is not as it is known here: install @bull-board/api in a version that @millrace/console names',
      );
    }
    return { scripts, styles };
  }
}

function groups(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found!);
}
