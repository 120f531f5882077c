import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Injectable } from '@nestjs/common';
import { KeptFiles, type KeptFile } from './kept-files.js';

const PACKAGE = 'swagger-ui-dist';

/** The files of Swagger UI, where the host has installed them: the page of the API shows its routes by them. */
@Injectable()
export class SwaggerFiles {
  private readonly kept = new KeptFiles();
  private readonly found = findPackage();

  /** Names below `assets/`; they change with the version. Undefined where the package is not installed. */
  get names(): { readonly script: string; readonly style: string } | undefined {
    if (!this.found) return undefined;
    const { version } = this.found;
    return { script: `swagger-ui-${version}.js`, style: `swagger-ui-${version}.css` };
  }

  /** A file by the name that {@link names} gave it; undefined when there is none. */
  async find(name: string): Promise<KeptFile | undefined> {
    const { found, names } = this;
    if (!found || !names) return undefined;
    if (name === names.script) return this.kept.read(new URL('swagger-ui-bundle.js', found.folder));
    return name === names.style ? this.kept.read(new URL('swagger-ui.css', found.folder)) : undefined;
  }
}

function findPackage(): { readonly folder: URL; readonly version: string } | undefined {
  const load = createRequire(import.meta.url);
  try {
    const { version } = load(`${PACKAGE}/package.json`) as { version: string };
    return { folder: pathToFileURL(load.resolve(`${PACKAGE}/package.json`)), version };
  } catch {
    // It is an optional peer.
    return undefined;
  }
}
