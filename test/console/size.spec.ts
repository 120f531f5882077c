import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../docs/repository-files.js';

const FOLDER = join(ROOT, 'libs/console/dist/page');

/** Upper bounds in bytes, as gzip compresses each file: what a slow line has to carry. */
const MOST = { everything: 150_000, firstLoad: 60_000 };

/** Names of namespaces, and texts that a user reads: nothing asks for these addresses. */
const NEVER_FETCHED = /^http:\/\/www\.w3\.org\/(1998\/Math\/MathML|1999\/xhtml|2000\/svg)$/;

describe('What the build has made of the pages of the console', () => {
  const names = readdirSync(FOLDER);
  const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
  const sizeOf = (list: readonly string[]): number =>
    list.map((name) => gzipSync(readFileSync(join(FOLDER, name))).length).reduce((sum, size) => sum + size, 0);
  const manifest = JSON.parse(textOf('manifest.json')) as {
    script: string;
    preload: string[];
    style: string;
    icon: string;
    files: string[];
  };

  it('is small: all of it, and what the first page needs', () => {
    expect(sizeOf(names)).toBeLessThan(MOST.everything);
    expect(sizeOf([manifest.script, ...manifest.preload, manifest.style])).toBeLessThan(MOST.firstLoad);
  });

  it('is named with hashes, and listed', () => {
    expect([...manifest.files, 'manifest.json'].sort()).toEqual([...names].sort());
    expect(manifest.files.filter((name) => !/^[\w-]+-[A-Z0-9]{8}\.(js|css|svg)$/.test(name))).toEqual([]);
    const { script, preload, style, icon } = manifest;
    expect([script, ...preload, style, icon].filter((name) => !manifest.files.includes(name))).toEqual([]);
  });

  it('fetches nothing from elsewhere, and runs no text', () => {
    const addresses = names.flatMap((name) => textOf(name).match(/(?:https?|wss?):\/\/[\w[][^\s"'`)]*/g) ?? []);
    expect(addresses.filter((address) => !NEVER_FETCHED.test(address))).toEqual([]);
    const relative = names.flatMap((name) => textOf(name).match(/["'`(]\/\/[\w-]+\.[\w.-]+/g) ?? []);
    expect(relative).toEqual([]);
    const isFaulty: Readonly<Record<string, RegExp>> = {
      js: /\beval\(|new Function\(/,
      css: /@import|url\((?!["']?data:)/,
      svg: /<script|href=|<image/,
    };
    expect(names.filter((name) => isFaulty[name.slice(name.lastIndexOf('.') + 1)]?.test(textOf(name)))).toEqual([]);
  });
});
