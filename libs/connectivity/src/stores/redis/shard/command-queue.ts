import { startTimer } from '@millrace/protocol';
import { entryText } from '../log/log-entry.js';

/** Commands and characters that one entry of the log may hold; a larger command has one of its own. */
const MOST = { commands: 256, characters: 256 * 1024 };
/**
 * From one tick to the next, in milliseconds. Touches wait for one, as nobody minds that a life is prolonged a little later; it is
 * the same for all queues of this process, so what they have goes out together.
 */
const TICK = 5;

interface Queued<Place> {
  readonly text: string;
  readonly isTouch: boolean;
  resolve(place: Place): void;
  reject(error: unknown): void;
}

/**
 * Puts the commands of one instance into entries of the log, in their order. One entry is under way at a time, and those that come
 * meanwhile share the next; touches gather for a tick.
 */
export class CommandQueue<Place> {
  private waiting: Queued<Place>[] = [];
  private isSending = false;
  private isPausing = false;
  private sentAt = -Infinity;

  /** @param append appends an entry, given as text with the texts of its commands */
  constructor(private readonly append: (entry: string) => Promise<Place>) {}

  /** @returns where the entry with the command is */
  send(text: string, isTouch: boolean): Promise<Place> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ text, isTouch, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    if (this.isSending || this.waiting.length === 0) return;
    if (performance.now() - this.sentAt < TICK && this.waiting.every(({ isTouch }) => isTouch)) return this.pause();
    void this.sendSome();
  }

  private pause(): void {
    if (this.isPausing) return;
    this.isPausing = true;
    startTimer(
      () => {
        this.isPausing = false;
        this.sentAt = -Infinity;
        this.next();
      },
      TICK - (performance.now() % TICK),
    );
  }

  private async sendSome(): Promise<void> {
    const some = this.take();
    this.isSending = true;
    try {
      const place = await this.append(entryText(some.map(({ text }) => text)));
      for (const each of some) each.resolve(place);
    } catch (error) {
      for (const each of some) each.reject(error);
    }
    this.sentAt = performance.now();
    this.isSending = false;
    this.next();
  }

  private take(): Queued<Place>[] {
    let characters = 0;
    let end = 0;
    for (const { text } of this.waiting) {
      characters += text.length;
      if (end >= MOST.commands || (end > 0 && characters > MOST.characters)) break;
      end += 1;
    }
    return this.waiting.splice(0, end);
  }
}
