import { BLOCK_KEY_BYTES, streamOfKey } from '../blocks/block-key.js';
import { readBlock } from '../blocks/block.js';
import { BLOCKS } from '../data-file.js';
import { isWholeRecord, LOST_GROUP, LOST_POSITION, type Records } from '../records.js';
import type { LeafNode, PageFile } from '../pages/page-file.js';
import { slimLeaves, TableWalk } from '../pages/table-walk.js';

/** Tables beside the blocks. */
export type RecordTable = keyof Records;
export const RECORD_TABLES: readonly RecordTable[] = [
  'streams',
  'metadata',
  'positions',
  'groups',
  'aside',
  'floors',
  'owners',
  'producers',
];

/** What is readable in a data file. */
export interface Salvage {
  /** Blocks that are whole, by their keys in hexadecimal digits. */
  readonly blocks: Map<string, LeafNode>;
  readonly records: ReadonlyMap<RecordTable, Map<string, Buffer>>;
  /** What is damaged, for people. */
  readonly problems: string[];
  /** Whether the records of streams may be incomplete. */
  readonly streamsBroken: boolean;
}

/**
 * Collects what is readable: what the newer meta page leads to; where that is damaged also what the older one leads to,
 * and every whole block that any page holds.
 *
 * @param fault what keeps the file from being opened
 * @param progress hears how much of the work is done, from 0 to 1
 */
export function salvage(file: PageFile, fault: string | undefined, progress: (share: number) => void): Salvage {
  const collector = new Collector(file, progress);
  const [newest, older] = file.byAge;
  if (fault) collector.tell(`The file ${fault}`);
  if (newest) collector.take(new TableWalk(file, newest), true);
  if (!newest || collector.isBroken) {
    if (older) collector.take(new TableWalk(file, older), false);
    collector.scan();
  }
  collector.beginAnew();
  return collector;
}

class Collector implements Salvage {
  readonly blocks = new Map<string, LeafNode>();
  readonly records = new Map(RECORD_TABLES.map((name) => [name, new Map<string, Buffer>()]));
  readonly problems: string[] = [];
  streamsBroken = true;
  isBroken = false;
  private readonly lost = { positions: [] as string[], groups: [] as string[] };

  constructor(
    private readonly file: PageFile,
    private readonly progress: (share: number) => void,
  ) {}

  take(walk: TableWalk, isNewest: boolean): void {
    const names = [BLOCKS, ...RECORD_TABLES];
    for (const [name, { nodes, isBroken }] of walk.tables) {
      if (!names.includes(name)) continue;
      if (isBroken && isNewest) this.tell(`Pages of the table "${name}" are damaged or missing`);
      nodes.forEach((node, index) => {
        if (index % 1000 === 0) this.progress(index / nodes.length);
        if (name === BLOCKS) this.takeBlock(node, isNewest);
        else this.takeRecord(name as RecordTable, node, isNewest);
      });
    }
    if (!isNewest) return;
    if (walk.isBroken) this.tell('The list of tables or that of free pages is damaged');
    this.streamsBroken = walk.isBroken || (walk.tables.get('streams')?.isBroken ?? false);
  }

  /** Looks at every page for what no table leads to any more. */
  scan(): void {
    for (let page = 2; page < this.file.pages; page += 1) {
      if (page % 1000 === 0) this.progress(page / this.file.pages);
      for (const node of slimLeaves(this.file, page)) {
        if (BLOCK_LENGTHS.includes(node.key.length)) this.takeScanned(node);
        if (this.streamsBroken) this.takeStream(node);
      }
    }
  }

  tell(problem: string): void {
    this.isBroken = true;
    this.problems.push(problem);
  }

  private takeBlock(node: LeafNode, tells: boolean): void {
    const key = node.key.toString('hex');
    if (this.blocks.has(key)) return;
    const value = this.file.readValue(node);
    if (node.key.length >= BLOCK_KEY_BYTES && value && readBlock(node.key, value)) this.blocks.set(key, node);
    else if (tells) this.tell(`A block of ${node.bytes} bytes is damaged`);
  }

  /** Without a checksum nobody knows whether pages that are no longer in use still hold the whole of a block. */
  private takeScanned(node: LeafNode): void {
    if (node.key.length === UNCHECKED_SINGLE) return;
    const value = this.file.readValue(node);
    if (!value || value.length < 8 || (node.key.length === BLOCK_KEY_BYTES && value.readUInt32LE(4) === 0)) return;
    this.takeBlock(node, false);
  }

  private takeRecord(name: RecordTable, node: LeafNode, tells: boolean): void {
    const key = node.key.toString('hex');
    const records = this.records.get(name);
    if (!records || records.has(key)) return;
    const value = this.file.readValue(node);
    if (value && isReadable(name, node.key, value)) records.set(key, value);
    else if (tells) {
      this.tell(`The record ${JSON.stringify(nameOf(node.key))} of the table "${name}" is damaged`);
      // A group that is not known would begin with what comes, and leave out what it has not had.
      if (name === 'positions' || name === 'groups') this.lost[name].push(key);
    }
  }

  /** Groups whose position is in none of the pages begin with all that is kept. */
  beginAnew(): void {
    for (const [name, beginning] of [
      ['positions', LOST_POSITION],
      ['groups', LOST_GROUP],
    ] as const) {
      const kept = this.records.get(name);
      for (const key of this.lost[name]) if (!kept?.has(key)) kept?.set(key, Buffer.from(JSON.stringify(beginning)));
    }
  }

  /** Takes what can only be the record of a stream. */
  private takeStream(node: LeafNode): void {
    const { key, flags, overflow } = node;
    const inline = flags === 0 && !overflow ? this.file.readValue(node) : undefined;
    if (!inline || !/^\{"number":\d+[,}]/.test(inline.toString('latin1', 0, 30))) return;
    const records = this.records.get('streams');
    if (isReadable('streams', key, inline) && !records?.has(key.toString('hex')))
      records?.set(key.toString('hex'), Buffer.from(inline));
  }
}

const UNCHECKED_SINGLE = 52;
/** Lengths of the keys of blocks. */
const BLOCK_LENGTHS = [BLOCK_KEY_BYTES, UNCHECKED_SINGLE, 56];

function isReadable(table: RecordTable, key: Buffer, value: Buffer): boolean {
  try {
    return isWholeRecord(table, nameOf(key), JSON.parse(value.toString()));
  } catch {
    // Damaged.
    return false;
  }
}

/** The name that a key of the tables beside the blocks stands for: names hold no control characters, so LMDB keeps their text. */
export function nameOf(key: Buffer): string {
  return key.toString();
}

/** Number of the stream of a block, by its key in hexadecimal digits. */
export function numberOf(hex: string): number {
  return streamOfKey(Buffer.from(hex.slice(0, 8), 'hex'));
}
