import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, ROOT } from '../docs/repository-files.js';

interface Manifest {
  readonly name: string;
  readonly homepage?: string;
  readonly keywords?: readonly string[];
  readonly bugs?: { readonly url: string };
  readonly repository?: { readonly url: string; readonly directory: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const PACKAGES = filesBelow('libs', /^package\.json$/)
  .map((path) => path.split('/')[1] ?? '')
  .map((folder) => [folder, manifest(folder)] as const);

/** Peers that a host has for us although no file of the package imports them: Nest's, Redis behind core, types, files to serve. */
const NOT_IMPORTED = [
  ...['reflect-metadata', 'rxjs', '@nestjs/platform-ws', '@nestjs/websockets'],
  ...['@types/ws', 'ioredis', 'swagger-ui-dist'],
];

/** The registry counts the work of this engine by methods of its own: another version may have others. */
const PINNED = ['re2js'];

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, 'libs', folder, 'package.json'), 'utf8')) as Manifest;
}

/** Packages that the sources of a package import. */
function imported(folder: string): ReadonlySet<string> {
  const texts = filesBelow(join('libs', folder, 'src'), /(?<!spec)\.ts$/).map((path) =>
    readFileSync(join(ROOT, path), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, ''),
  );
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport) ?'((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/g)].map(
        ([, name = '']) => name,
      ),
    ),
  );
}

describe.each(PACKAGES)(
  'The package.json of %s',
  (folder, { name, dependencies = {}, peerDependencies = {}, ...rest }) => {
    it('says where the package lives', () => {
      expect(rest).toMatchObject({
        homepage: `https://github.com/millrace/millrace/tree/main/libs/${folder}#readme`,
        bugs: { url: 'https://github.com/millrace/millrace/issues' },
        repository: { url: 'git+https://github.com/millrace/millrace.git', directory: `libs/${folder}` },
      });
      expect(rest.keywords?.length).toBeGreaterThan(2);
    });

    it('depends by caret, and takes Nest 11 and 12', () => {
      expect(
        Object.entries(dependencies).filter(([other, range]) => !range.startsWith('^') && !PINNED.includes(other)),
      ).toEqual([]);
      const nest = Object.entries(peerDependencies).filter(([peer]) => peer.startsWith('@nestjs/'));
      expect(nest.filter(([, range]) => range !== '^11.0.0 || ^12.0.0')).toEqual([]);
    });

    it('names what the sources import, and nothing else', () => {
      const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
      const used = [...imported(folder)].filter((other) => other !== name);
      expect(declared.filter((other) => !used.includes(other) && !NOT_IMPORTED.includes(other))).toEqual([]);
      expect(used.filter((other) => !declared.includes(other))).toEqual([]);
    });
  },
);
