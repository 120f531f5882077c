import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { META_BYTES, type MetaPage, PAGE_HEADER, readMeta } from './meta-page.js';

/** Sizes of pages to look for the second meta page by, when the first one does not tell. */
const PAGE_SIZES = [4096, 8192, 16384, 32768, 65536];

const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const KINDS = BRANCH | LEAF | OVERFLOW;
const BIG_DATA = 0x01;

/** One key of a leaf page, and where its value lies. */
export interface LeafNode {
  readonly key: Buffer;
  /** Flags of LMDB; 2 for a table. */
  readonly flags: number;
  readonly bytes: number;
  /** The value, where it lies in the page itself and was read with it. */
  readonly inline?: Buffer | undefined;
  /** Where the key lies. */
  readonly at?: { readonly page: number; readonly index: number };
  /** First page of the value otherwise, and the transaction that wrote it. */
  readonly overflow: { readonly page: number; readonly transaction: bigint } | undefined;
}

interface PageNode {
  readonly children?: number[];
  readonly leaves?: LeafNode[];
}

/** Reads the pages of an LMDB file, which may be damaged, without mapping it: a bad page is an answer, and no signal. */
export class PageFile {
  readonly size: number;
  /** The two meta pages, where they are readable. */
  readonly metas: readonly [MetaPage | undefined, MetaPage | undefined];
  readonly pageSize: number;
  private readonly descriptor: number;
  /** The page that was read last: its keys are asked for one after another. */
  private recent: { readonly page: number; readonly node: PageNode | undefined } | undefined;

  /** @throws Error of the system when the file cannot be opened */
  constructor(readonly path: string) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
    this.metas = this.readMetas();
    this.pageSize = (this.metas[0] ?? this.metas[1])?.pageSize ?? (PAGE_SIZES[0] as number);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** The readable meta pages, the newer one first. */
  get byAge(): MetaPage[] {
    const found = this.metas.filter((meta) => meta !== undefined);
    return found.sort((a, b) => (a.transaction < b.transaction ? 1 : -1));
  }

  get pages(): number {
    return Math.floor(this.size / this.pageSize);
  }

  /** Pages below this one, or keys of this one; undefined when it is no such page. */
  readNode(page: number): PageNode | undefined {
    if (this.recent?.page !== page) this.recent = { page, node: this.parse(page) };
    return this.recent.node;
  }

  private parse(page: number): PageNode | undefined {
    const bytes = this.readBytes(page * this.pageSize, this.pageSize);
    if (bytes.length < this.pageSize || Number(bytes.readBigUInt64LE(0)) !== page) return undefined;
    const kind = bytes.readUInt16LE(18) & KINDS;
    if (kind === LEAF) {
      const leaves = leavesOf(bytes);
      return leaves && { leaves };
    }
    const children = kind === BRANCH ? childrenOf(bytes) : undefined;
    return children && { children };
  }

  /** The value of a key; undefined when its pages are missing, or belong to something else by now. */
  readValue({ inline, overflow, bytes, at }: LeafNode): Buffer | undefined {
    if (!overflow) return inline ?? (at && this.readNode(at.page)?.leaves?.[at.index]?.inline);
    const position = overflow.page * this.pageSize;
    if (!Number.isSafeInteger(position) || position + PAGE_HEADER + bytes > this.size) return undefined;
    const read = this.readBytes(position, PAGE_HEADER + bytes);
    return isHeadOf(read, overflow) ? read.subarray(PAGE_HEADER) : undefined;
  }

  /** Whether the pages of a value that lies on pages of its own are there, and are said to be no fewer than it takes. */
  hasValue({ overflow, bytes }: LeafNode): boolean {
    if (!overflow) return true;
    const position = overflow.page * this.pageSize;
    if (!Number.isSafeInteger(position) || position + PAGE_HEADER + bytes > this.size) return false;
    const head = this.readBytes(position, PAGE_HEADER);
    const pages = head.readUInt32LE(20);
    // A value that took the place of a larger one has its pages.
    const isEnough = pages >= (PAGE_HEADER + bytes) / this.pageSize && overflow.page + pages <= this.pages;
    return isEnough && isHeadOf(head, overflow);
  }

  private readMetas(): readonly [MetaPage | undefined, MetaPage | undefined] {
    const first = readMeta(this.readBytes(0, META_BYTES));
    for (const size of first ? [first.pageSize] : PAGE_SIZES) {
      const second = readMeta(this.readBytes(size, META_BYTES));
      if (second?.pageSize === size) return [first, second];
    }
    return [first, undefined];
  }

  private readBytes(position: number, length: number): Buffer {
    if (position >= this.size) return Buffer.alloc(0);
    const bytes = Buffer.alloc(Math.min(length, this.size - position));
    let read = 0;
    while (read < bytes.length) {
      const more = readSync(this.descriptor, bytes, read, bytes.length - read, position + read);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  }
}

/** Whether a page begins with the header of a value that a key leads to. */
function isHeadOf(page: Buffer, { page: number, transaction }: NonNullable<LeafNode['overflow']>): boolean {
  return (
    Number(page.readBigUInt64LE(0)) === number &&
    (page.readUInt16LE(18) & KINDS) === OVERFLOW &&
    page.readBigUInt64LE(8) === transaction
  );
}

/** Places of the keys of a page; undefined when they cannot be. */
function placesOf(page: Buffer): number[] | undefined {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower % 2 === 1 || lower > upper || PAGE_HEADER + upper > page.length) return undefined;
  const places = Array.from(
    { length: lower / 2 },
    (_unused, index) => PAGE_HEADER + page.readUInt16LE(PAGE_HEADER + 2 * index),
  );
  const isInside = (place: number): boolean =>
    place >= PAGE_HEADER + upper &&
    place + 8 + (place + 8 <= page.length ? page.readUInt16LE(place + 6) : 0) <= page.length;
  return places.every(isInside) ? places : undefined;
}

function childrenOf(page: Buffer): number[] | undefined {
  return placesOf(page)?.map((place) => page.readUInt32LE(place) + page.readUInt16LE(place + 4) * 2 ** 32);
}

function leavesOf(page: Buffer): LeafNode[] | undefined {
  const nodes: LeafNode[] = [];
  for (const place of placesOf(page) ?? []) {
    const bytes = page.readUInt32LE(place);
    const flags = page.readUInt16LE(place + 4);
    const start = place + 8 + page.readUInt16LE(place + 6);
    const key = page.subarray(place + 8, start);
    const isBig = (flags & BIG_DATA) !== 0;
    if (start + (isBig ? 24 : bytes) > page.length) return undefined;
    const overflow = isBig
      ? { page: Number(page.readBigUInt64LE(start)), transaction: page.readBigUInt64LE(start + 8) }
      : undefined;
    nodes.push({ key, flags, bytes, inline: isBig ? undefined : page.subarray(start, start + bytes), overflow });
  }
  return placesOf(page) && nodes;
}
