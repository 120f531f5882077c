/**
 * The two pages an LMDB file begins with. Each holds a root; a commit writes over the older one, so that one is whole
 * whatever happens. Layout of a page of the format that lmdb 3.5 writes, little-endian:
 *
 * | at | bytes | what |
 * |---|---|---|
 * | 0 | 24 | page header: page number (8), transaction (8), padding (2), flags (2), further (4) |
 * | 24 | 4 | magic |
 * | 28 | 4 | version; its upper half holds flags |
 * | 32 | 16 | address and size of the map |
 * | 48 | 48 | table of free pages; it begins with the size of a page (4) |
 * | 96 | 48 | table of tables; as every table: flags (2) and depth (2) at 4, entries (8) at 32, number of the root page (8) at 40 |
 * | 144 | 8 | number of the last page in use |
 * | 152 | 8 | transaction |
 */
export interface MetaPage {
  readonly pageSize: number;
  /** The table that holds the other tables. */
  readonly tables: TableRoot;
  /** The table of free pages. */
  readonly free: TableRoot;
  readonly lastPage: number;
  /** Bytes of the map. */
  readonly mapSize: number;
  readonly transaction: bigint;
}

/** Bytes of the header of every page. */
export const PAGE_HEADER = 24;
export const META_BYTES = 168;
/** Page number of a table without pages. */
const NO_PAGE = 0xffffffffffffffffn;
const META_FLAG = 0x08;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const LEAST_PAGE = 512;
const MOST_PAGE = 65536;
/** Addresses that a processor has. */
const MOST_MAP = 2 ** 47;
/** Behind the two meta pages. */
const FIRST_PAGE = 2;
/** Flags of a table that are stored; the one for free pages has whole numbers for keys. */
const TABLE_FLAGS = 0x3fff;
const INTEGER_KEY = 0x08;

/** Reads a meta page; undefined when the bytes are none. */
export function readMeta(page: Buffer): MetaPage | undefined {
  if (page.length < META_BYTES) return undefined;
  if ((page.readUInt16LE(18) & META_FLAG) === 0 || page.readUInt32LE(24) !== MAGIC) return undefined;
  if (page.readUInt16LE(28) !== VERSION) return undefined;
  const pageSize = page.readUInt32LE(48);
  if (pageSize < LEAST_PAGE || pageSize > MOST_PAGE || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const lastPage = Number(page.readBigUInt64LE(144));
  const mapSize = Number(page.readBigUInt64LE(40));
  // LMDB goes round forever, or ends the process, when it is led beyond its map.
  if (mapSize > MOST_MAP || (lastPage + 1) * pageSize > mapSize) return undefined;
  const [free, tables] = [readRoot(page.subarray(48)), readRoot(page.subarray(96))];
  const flags = page.readUInt16LE(30) | page.readUInt32LE(32) | page.readUInt32LE(36) | page.readUInt16LE(100);
  if (flags !== 0 || (page.readUInt16LE(52) & TABLE_FLAGS) !== INTEGER_KEY) return undefined;
  for (const { root = FIRST_PAGE, depth } of [free, tables])
    if (root < FIRST_PAGE || root > lastPage || depth > DEEPEST) return undefined;
  return { pageSize, tables, free, lastPage, mapSize, transaction: page.readBigUInt64LE(152) };
}

/** Bytes that describe a table. */
export const TABLE_BYTES = 48;
/** LMDB goes no deeper. */
export const DEEPEST = 32;

/** What is known of a table. */
export interface TableRoot {
  /** Number of its root page; undefined when it is empty. */
  readonly root: number | undefined;
  /** Pages from the root to the keys. */
  readonly depth: number;
  readonly entries: number;
}

/** Reads the bytes that describe a table. */
export function readRoot(table: Buffer): TableRoot {
  const root = table.readBigUInt64LE(40);
  return {
    root: root === NO_PAGE ? undefined : Number(root),
    depth: table.readUInt16LE(6),
    entries: Number(table.readBigUInt64LE(32)),
  };
}
