import { type MetaPage, rootOf, TABLE_BYTES } from './meta-page.js';
import type { LeafNode, PageFile } from './page-file.js';

/** LMDB goes no deeper. */
const DEEPEST = 32;
const SUB_TABLE = 0x02;

/** What was found of one table. */
export interface WalkedTable {
  readonly nodes: LeafNode[];
  /** Whether a part of it cannot be reached. */
  isBroken: boolean;
}

/** Walks through the tables of a file as one of its meta pages knows them, past what is damaged. */
export class TableWalk {
  readonly tables = new Map<string, WalkedTable>();
  /** Whether the table of tables or that of free pages is damaged. */
  isBroken = false;
  /** The greatest number of a page in use. */
  lastUsed = 1;
  private readonly visited = new Set<number>();

  constructor(
    private readonly file: PageFile,
    meta: MetaPage,
  ) {
    const names = this.walk(meta.root);
    const free = this.walk(meta.freeRoot);
    this.isBroken = names.isBroken || free.isBroken || free.nodes.some((node) => !this.isList(node));
    for (const node of names.nodes) {
      const { key, flags } = node;
      const inline = flags & SUB_TABLE ? file.readValue(node) : undefined;
      const name = key.toString('latin1').replace(/\0$/, '');
      if (flags === SUB_TABLE && inline?.length === TABLE_BYTES) this.tables.set(name, this.walk(rootOf(inline)));
      else if (flags & SUB_TABLE) this.isBroken = true;
    }
  }

  private walk(root: number | undefined): WalkedTable {
    const found: WalkedTable = { nodes: [], isBroken: false };
    if (root !== undefined) this.descend(root, found, DEEPEST);
    return found;
  }

  private descend(page: number, found: WalkedTable, depth: number): void {
    this.lastUsed = Math.max(this.lastUsed, page);
    // A page belongs to one place of one table.
    const isNew = !this.visited.has(page);
    this.visited.add(page);
    const node = isNew && depth > 0 ? this.file.readNode(page) : undefined;
    if (!node) found.isBroken = true;
    for (const child of node?.children ?? []) this.descend(child, found, depth - 1);
    for (const leaf of node?.leaves ? slimLeaves(this.file, page) : []) {
      if (leaf.overflow) {
        const pages = Math.ceil((leaf.bytes + 24) / this.file.pageSize);
        this.lastUsed = Math.max(this.lastUsed, leaf.overflow.page + pages - 1);
      }
      found.nodes.push(leaf);
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
