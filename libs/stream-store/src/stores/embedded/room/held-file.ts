import { closeSync, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';

const STEP = 1024 * 1024;
const SMALL = 1024 * STEP;
const ZEROS = Buffer.alloc(STEP);

/** The data file, beside LMDB: what is written here is room that LMDB finds in the file and need not ask the disk for. */
export class HeldFile {
  private readonly file: number;
  private readonly inode: number;

  constructor(private readonly path: string) {
    this.file = openSync(path, 'r+');
    this.inode = fstatSync(this.file).ino;
  }

  /** Whether it still lies under its name: what is written to it elsewhere is gone with this process. */
  get isInPlace(): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === this.inode;
  }

  get size(): number {
    return fstatSync(this.file).size;
  }

  /** Whether a search for holes is worth its time. In a small file a few may hide behind what the disk counts beside. */
  get mayHaveHoles(): boolean {
    const { size, blocks } = fstatSync(this.file);
    return size < SMALL || blocks * 512 < size;
  }

  /** Writes zeros behind the end up to a size, as far as the disk takes them, without an error when it is full. */
  grow(size: number): void {
    for (let at = this.size; at < size;) {
      const written = this.write(ZEROS, Math.min(STEP, size - at), at);
      if (written === 0) return;
      at += written;
    }
  }

  /**
   * Writes the zeros of empty pages once more. A page that LMDB took at the end and gave back unwritten is a hole, for which
   * the disk would have to give room later.
   *
   * @returns where to go on; undefined at the end
   */
  fillHoles(from: number, bytes: number, pageSize: number): number | undefined {
    const chunk = Buffer.allocUnsafe(STEP);
    const empty = ZEROS.subarray(0, pageSize);
    for (let at = from; at < from + bytes; at += STEP) {
      const length = readSync(this.file, chunk, 0, STEP, at);
      for (let page = 0; page + pageSize <= length; page += pageSize) {
        const isEmpty = chunk.compare(empty, 0, pageSize, page, page + pageSize) === 0;
        if (isEmpty && this.write(empty, pageSize, at + page) < pageSize) return at;
      }
      if (length < STEP) return undefined;
    }
    return from + bytes;
  }

  close(): void {
    closeSync(this.file);
  }

  private write(zeros: Buffer, length: number, at: number): number {
    try {
      return writeSync(this.file, zeros, 0, length, at);
    } catch {
      // A full disk, a used-up quota or a disk that fails: nothing more can be held. LMDB has not met it.
      return 0;
    }
  }
}
