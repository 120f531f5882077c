import { Logger } from '@nestjs/common';
import { formatId } from '@millrace/protocol';
import { BLOCK_KEY_BYTES, idOfKey } from './blocks/block-key.js';
import { repairAdvice } from './data-file.js';

/** Reports damage that was found in the stored data: each damaged block or record once. */
export class DamageLog {
  private readonly logger = new Logger('EmbeddedStore');
  private readonly blocks = new Set<string>();
  private readonly records = new Set<string>();

  /** @param file the data file */
  constructor(private readonly file: string) {}

  /** Damaged blocks found since the start. */
  get damagedBlocks(): number {
    return this.blocks.size;
  }

  /** A block of a stream is damaged: its entries are lost. */
  block(stream: string, key: Buffer): void {
    const place = key.toString('hex');
    if (this.blocks.has(place)) return;
    this.blocks.add(place);
    const first = key.length < BLOCK_KEY_BYTES ? 'an unknown entry' : `entry ${formatId(idOfKey(key))}`;
    this.report(
      `The block of the stream "${stream}" that begins with ${first} is damaged; readers get a gap in its place`,
    );
  }

  /** Something beside the blocks is damaged. */
  record(text: string): void {
    if (this.records.has(text)) return;
    this.records.add(text);
    this.report(text);
  }

  /** A text about the damage, with the file and what to do. */
  adviceFor(text: string): string {
    return `${text} (in ${this.file}). ${repairAdvice(this.file)}`;
  }

  private report(text: string): void {
    this.logger.error(this.adviceFor(text));
  }
}
