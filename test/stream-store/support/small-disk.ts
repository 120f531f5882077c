import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own for a test, so small that it is soon full. */
export interface SmallDisk {
  readonly directory: string;
  /** Takes what is free to the last byte, as other programs do. */
  fill(): void;
  /** Removes what others have on the disk. */
  free(): void;
  freeBytes(): number;
  /** Takes what room there is for further files, and names those that took it. */
  fillWithFiles(): string[];
  /** Changes what a tmpfs was mounted with. */
  remount(option: string): void;
  dispose(): void;
}

const MIB = 1024 * 1024;
const IMAGE_MIB = 32;
/** What others have on the disk from the beginning. */
const OTHERS_BYTES = 3 * MIB;

/** @throws Error saying what to do where no disk may be mounted */
export function mountSmallDisk(kind: 'tmpfs' | 'ext4'): SmallDisk {
  if (process.getuid?.() !== 0) {
    throw new Error(
      `This test mounts a small ${kind}: run it as root on Linux, with mount, mkfs.ext4 and loop devices`,
    );
  }
  const directory = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  const image = `${directory}.img`;
  const disk: SmallDisk = {
    directory,
    fill: () => fillWith(join(directory, 'others')),
    free: () => rmSync(join(directory, 'others'), { force: true }),
    freeBytes() {
      const { bavail, bsize } = statfsSync(directory);
      return bavail * bsize;
    },
    fillWithFiles() {
      const files: string[] = [];
      for (;;) {
        const file = join(directory, `other-${files.length}`);
        try {
          writeFileSync(file, '');
        } catch {
          return files;
        }
        files.push(file);
      }
    },
    remount: (option) => run('mount', '-o', `remount,${option}`, directory),
    dispose() {
      // With the mount its loop device goes as well.
      run('umount', '-l', directory);
      rmSync(directory, { recursive: true });
      rmSync(image, { force: true });
    },
  };
  try {
    if (kind === 'tmpfs') run('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory);
    else mountImage(image, directory);
    writeFileSync(join(directory, 'others'), Buffer.alloc(OTHERS_BYTES, 7));
  } catch (error) {
    rmSync(directory, { recursive: true });
    rmSync(image, { force: true });
    throw error;
  }
  return disk;
}

function mountImage(image: string, directory: string): void {
  run('truncate', '-s', `${IMAGE_MIB}M`, image);
  run('mkfs.ext4', '-q', '-F', image);
  run('mount', '-o', 'loop', image, directory);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}

function fillWith(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const size of [MIB, 64 * 1024, 4096, 512, 1]) while (writes(file, size));
  } finally {
    closeSync(file);
  }
}

function writes(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size, 7)) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
