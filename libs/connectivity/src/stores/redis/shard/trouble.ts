import { Logger } from '@nestjs/common';

/** Different texts of one time of trouble; more would say nothing new. */
const MOST = 5;

/** Says once what keeps the registry from working, and once that it works again, however often it is tried meanwhile. */
export class Trouble {
  private readonly logger = new Logger('RedisRegistry');
  private readonly said = new Set<string>();
  private repairs = 0;

  get isOver(): boolean {
    return this.said.size === 0;
  }

  note(text: string): void {
    if (this.said.has(text) || this.said.size >= MOST) return;
    this.said.add(text);
    this.logger.warn(text);
  }

  /** Does what may take a while; all is well only when everything of the kind has ended. */
  async during(repair: () => Promise<void>): Promise<void> {
    this.repairs += 1;
    try {
      await repair();
    } finally {
      this.repairs -= 1;
    }
    this.over();
  }

  over(): void {
    if (this.isOver || this.repairs > 0) return;
    this.said.clear();
    this.logger.log('The registry works again');
  }
}
