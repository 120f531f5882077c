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
 * | 96 | 48 | table of tables; as the other it ends with the number of its root page (8) |
 * | 144 | 8 | number of the last page in use |
 * | 152 | 8 | transaction |
 */
export interface MetaPage {
  readonly pageSize: number;
  /** Page number of the root of the table that holds the other tables; undefined when it is empty. */
  readonly root: number | undefined;
  /** The same of the table of free pages. */
  readonly freeRoot: number | undefined;
  readonly lastPage: number;
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

/** Reads a meta page; undefined when the bytes are none. */
export function readMeta(page: Buffer): MetaPage | undefined {
  if (page.length < META_BYTES) return undefined;
  if ((page.readUInt16LE(18) & META_FLAG) === 0 || page.readUInt32LE(24) !== MAGIC) return undefined;
  if (page.readUInt16LE(28) !== VERSION) return undefined;
  const pageSize = page.readUInt32LE(48);
  if (pageSize < LEAST_PAGE || pageSize > MOST_PAGE || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const lastPage = Number(page.readBigUInt64LE(144));
  if (!Number.isSafeInteger(lastPage * pageSize)) return undefined;
  return {
    pageSize,
    root: rootOf(page.subarray(96)),
    freeRoot: rootOf(page.subarray(48)),
    lastPage,
    transaction: page.readBigUInt64LE(152),
  };
}

/** Bytes that describe a table. */
export const TABLE_BYTES = 48;

/** Number of the root page of a table that some bytes describe; undefined when it is empty. */
export function rootOf(table: Buffer): number | undefined {
  const root = table.readBigUInt64LE(40);
  return root === NO_PAGE ? undefined : Number(root);
}
