import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareParts, formatId, type IdParts, type StreamGap, ZERO_PARTS } from '@millrace/protocol';
import { readBlock } from '../blocks/block.js';
import { DATA_FILE, dataFileFault, openDataFile } from '../data-file.js';
import { lockDirectory } from '../directory-lock.js';
import type { PageFile } from '../pages/page-file.js';
import { sealRecord, type StreamRecord } from '../records.js';
import { nameOf, numberOf, type Salvage, salvage } from './salvage.js';
import { writeAnew } from './write-anew.js';

/** What a repair found and did. */
export interface RepairReport {
  /** The data file. */
  readonly file: string;
  /** What is damaged, for people; empty when nothing is. */
  readonly problems: readonly string[];
  readonly streams: readonly {
    readonly stream: string;
    readonly entries: number;
    readonly lost: readonly StreamGap[];
  }[];
  /** Where the damaged file is now; undefined when nothing was changed. */
  readonly damagedFile?: string;
}

/**
 * Repairs the data directory of an embedded store that no server runs on: all that is readable goes into a new data file,
 * and the damaged one stays beside it under another name. A directory without damage is not changed.
 *
 * @param options `check`: only report; `onProgress` hears the share of the work that is done, in two rounds from 0 to 1
 * @throws StoreUnavailableError when a process uses the directory, or there is no data file in it
 * @publicApi
 */
export async function repairDirectory(
  directory: string,
  { check = false, onProgress = () => undefined }: { check?: boolean; onProgress?: (share: number) => void } = {},
): Promise<RepairReport> {
  const path = join(directory, DATA_FILE);
  if (!existsSync(path)) throw Object.assign(new Error(`There is no data file ${path}`), { code: 'NOT_FOUND' });
  const unlock = lockDirectory(directory);
  let file: PageFile | undefined;
  try {
    file = openDataFile(path);
    if (file.size === 0) return { file: path, problems: [], streams: [] };
    const fault = dataFileFault(file);
    const found = salvage(file, fault, onProgress);
    const streams = nameStreams(found, found.problems.length > 0);
    const report = { file: path, problems: found.problems, streams: describe(file, found, streams) };
    if (check || found.problems.length === 0) return report;
    return { ...report, damagedFile: await writeAnew(file, found, onProgress) };
  } finally {
    file?.close();
    unlock();
  }
}

/** Finds the names of the streams. Blocks whose stream is no longer known get one, when they are not of a deleted stream. */
function nameStreams({ blocks, records, streamsBroken, problems }: Salvage, isDamaged: boolean): Map<number, string> {
  const stored = records.get('streams') ?? new Map<string, Buffer>();
  const names = new Map<number, string>();
  for (const [key, value] of stored) {
    const { number } = JSON.parse(value.toString()) as Partial<StreamRecord>;
    if (typeof number === 'number') names.set(number, nameOf(Buffer.from(key, 'hex')));
  }
  const mayMiss = streamsBroken || problems.some((problem) => problem.includes('of the table "streams"'));
  for (const key of isDamaged ? blocks.keys() : []) {
    const number = numberOf(key);
    if (names.has(number)) continue;
    if (!mayMiss) {
      blocks.delete(key);
      continue;
    }
    const name = `recovered-${number}`;
    names.set(number, name);
    stored.set(Buffer.from(name).toString('hex'), Buffer.from(JSON.stringify(sealRecord(name, { number }))));
  }
  return names;
}

/** Goes along the blocks of each stream: each says which entry came before it. */
function describe(file: PageFile, { blocks }: Salvage, names: ReadonlyMap<number, string>): RepairReport['streams'] {
  const found = new Map(
    [...names].map(([number, stream]) => [number, { stream, entries: 0, lost: [] as StreamGap[] }]),
  );
  let last: IdParts = ZERO_PARTS;
  let current: number | undefined;
  for (const key of [...blocks.keys()].sort()) {
    const number = numberOf(key);
    const report = found.get(number);
    const node = blocks.get(key);
    const value = node && file.readValue(node);
    const block = value && readBlock(node.key, value);
    if (!report || !block) continue;
    const { previous } = block.start;
    if (number === current && compareParts(previous, last) > 0)
      report.lost.push({ stream: report.stream, after: formatId(last), first: formatId(block.idAt(0)) });
    report.entries += block.count;
    current = number;
    last = block.idAt(block.count - 1);
  }
  return [...found.values()].sort((a, b) => (a.stream < b.stream ? -1 : 1));
}
