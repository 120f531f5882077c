import { DEEPEST, type MetaPage, readRoot, TABLE_BYTES, type TableRoot } from './meta-page.js';
import type { LeafNode, PageFile } from './page-file.js';

const SUB_TABLE = 0x02;

/** What was found of one table. */
export interface WalkedTable {
  readonly nodes: LeafNode[];
  /** Whether a part of it cannot be reached, or is not what the table is said to have. */
  isBroken: boolean;
}

/** How a walk goes through the tables. */
interface WalkOptions {
  /** Whether the keys are kept, which takes memory; without them values that lie on pages of their own are looked at. @default true */
  readonly keeps?: boolean;
  /** Whether to go through a table, and not only look at its root. @default every one */
  readonly into?: (table: string) => boolean;
  /** Milliseconds after which what is left is not looked at. @default as long as it takes */
  readonly patience?: number;
}

/** Pages from one look at the clock to the next. */
const CLOCK_PAGES = 256;

interface WalkInProgress extends WalkedTable {
  entries: number;
  depth: number;
}

/** Walks through the tables of a file as one of its meta pages knows them, past what is damaged. */
export class TableWalk {
  readonly tables = new Map<string, WalkedTable>();
  /** Whether the table of tables or that of free pages is damaged. */
  isBroken = false;
  /** The greatest number of a page in use. */
  lastUsed = 1;
  private readonly visited = new Set<number>();
  private readonly deadline: number;
  private isLate = false;

  constructor(
    private readonly file: PageFile,
    meta: MetaPage,
    { keeps = true, into = () => true, patience = Infinity }: WalkOptions = {},
  ) {
    this.deadline = performance.now() + patience;
    const names = this.walk(meta.tables, true);
    const free = this.walk(meta.free, true);
    this.isBroken = names.isBroken || free.isBroken || free.nodes.some((node) => !this.isList(node));
    for (const node of names.nodes) {
      const { key, flags } = node;
      const inline = flags & SUB_TABLE ? file.readValue(node) : undefined;
      const name = key.toString('latin1').replace(/\0$/, '');
      if (flags === SUB_TABLE && inline?.length === TABLE_BYTES) {
        const table = readRoot(inline);
        this.tables.set(name, into(name) ? this.walk(table, keeps) : this.lookAtRoot(table));
      } else if (flags & SUB_TABLE) this.isBroken = true;
    }
  }

  private walk(table: TableRoot, keeps: boolean): WalkedTable {
    const found: WalkInProgress = { nodes: [], isBroken: false, entries: 0, depth: 0 };
    if (table.root !== undefined) this.descend(table.root, found, keeps, 1);
    // LMDB takes its word for these.
    if (!this.isLate) found.isBroken ||= found.entries !== table.entries || found.depth !== table.depth;
    return found;
  }

  private lookAtRoot({ root, depth }: TableRoot): WalkedTable {
    const node = root === undefined ? undefined : this.file.readNode(root);
    const isFitting = root === undefined ? depth === 0 : depth === 1 ? node?.leaves : node?.children;
    return { nodes: [], isBroken: !isFitting };
  }

  private descend(page: number, found: WalkInProgress, keeps: boolean, depth: number): void {
    if (this.visited.size % CLOCK_PAGES === 0) this.isLate ||= performance.now() > this.deadline;
    if (this.isLate) return;
    this.lastUsed = Math.max(this.lastUsed, page);
    // A page belongs to one place of one table.
    const isNew = !this.visited.has(page);
    this.visited.add(page);
    const node = isNew && depth <= DEEPEST ? this.file.readNode(page) : undefined;
    if (!node) found.isBroken = true;
    for (const child of node?.children ?? []) this.descend(child, found, keeps, depth + 1);
    if (!node?.leaves) return;
    // Every key lies equally deep.
    if (found.depth !== 0 && found.depth !== depth) found.isBroken = true;
    found.depth = depth;
    found.entries += node.leaves.length;
    for (const leaf of keeps ? slimLeaves(this.file, page) : node.leaves) {
      if (leaf.overflow) {
        const pages = Math.ceil((leaf.bytes + 24) / this.file.pageSize);
        this.lastUsed = Math.max(this.lastUsed, leaf.overflow.page + pages - 1);
        if (!keeps && !this.file.hasValue(leaf)) found.isBroken = true;
      }
      if (keeps) found.nodes.push(leaf);
    }
  }

  /** Whether a value is a list of free pages. */
  private isList(node: LeafNode): boolean {
    const value = this.file.readValue(node);
    return value !== undefined && value.length >= 8 && value.readBigUInt64LE(0) <= BigInt(value.length / 8 - 1);
  }
}

/** The keys of a page without the page itself, which would be kept in memory by them. */
export function slimLeaves(file: PageFile, page: number): LeafNode[] {
  return (file.readNode(page)?.leaves ?? []).map(({ key, flags, bytes, overflow }, index) => {
    return { key: Buffer.from(key), flags, bytes, overflow, at: { page, index } };
  });
}
