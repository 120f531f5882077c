import type { Notice, OperationsPart } from '@millrace/core/ops';
import type { DiskState, EmbeddedDatabase } from './embedded-database.js';

/** The disk is nearly full when entries may take less of it than this, in bytes, or than the part below. */
const LITTLE = 1024 ** 3;
const LITTLE_PART = 0.1;

const REMEDY =
  'Delete streams, lower their retention (max_len, max_age, max_bytes, or the option retention), or free the disk';

/** What the embedded store says of its disk. */
export function embeddedOperations(database: EmbeddedDatabase, refusal: () => Error | undefined): OperationsPart {
  const gauge = (name: string, help: string, read: (disk: DiskState) => number) => ({
    type: 'gauge' as const,
    name: `millrace_stream_disk_${name}_bytes`,
    help,
    read: () => read(database.disk),
  });
  return {
    name: 'streams',
    metrics: [
      gauge('free', 'What the disk of the streams has free', ({ free }) => free),
      gauge('reserve', 'Of that, what entries leave free', ({ reserve }) => reserve),
    ],
    notices: () => [...diskNotices(database, refusal())],
  };
}

function* diskNotices({ disk, directory }: EmbeddedDatabase, refusal: Error | undefined): Iterable<Notice> {
  const left = disk.free - disk.reserve;
  if (refusal || left <= 0) {
    const why = `${inMib(disk.free)} are free, and ${inMib(disk.reserve)} are kept in reserve`;
    yield {
      code: 'STREAMS_REFUSED',
      level: 'error',
      text: `The disk of ${directory} is full (${why}): entries are refused, but those that find their place where others were deleted`,
      remedy: REMEDY,
    };
  } else if (left < Math.min(LITTLE, disk.size * LITTLE_PART)) {
    yield {
      code: 'STREAMS_DISK_LOW',
      level: 'warning',
      text: `The disk of ${directory} is nearly full: entries may take another ${inMib(left)}, then they are refused`,
      remedy: REMEDY,
    };
  }
}

function inMib(bytes: number): string {
  return `${Math.floor(bytes / 1024 ** 2)} MiB`;
}
