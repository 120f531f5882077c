import { hash } from 'node:crypto';
import { tooManyAttempts } from './login-error.js';

export interface PasswordAttemptLimits {
  /** Wrong passwords for one name within `ttl`. */
  readonly limit: number;
  /** Milliseconds. */
  readonly ttl: number;
}

interface Window {
  count: number;
  readonly endsAt: number;
}

/** Most names counted at a time; the oldest is forgotten first. */
const MAX_NAMES = 10_000;

/**
 * Counts wrong passwords by name, where a protocol says nothing of the address it is spoken from. Right ones do not
 * count: a hundred sources of one user may come back at once. An attempt counts from its beginning, so that many at
 * a time do not slip through.
 */
export class PasswordAttempts {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly limits: PasswordAttemptLimits) {}

  /**
   * Notes that an attempt begins.
   *
   * @returns takes the attempt back; to be called when the password was right
   * @throws MillraceError `TOO_MANY_REQUESTS`
   */
  begin(name: string): () => void {
    const key = hash('sha256', name, 'base64');
    const window = this.windowOf(key);
    if (window.count >= this.limits.limit) throw tooManyAttempts((window.endsAt - Date.now()) / 1000);
    window.count += 1;
    return () => {
      window.count -= 1;
    };
  }

  private windowOf(key: string): Window {
    const now = Date.now();
    const known = this.windows.get(key);
    if (known && known.endsAt > now) return known;
    const window = { count: 0, endsAt: now + this.limits.ttl };
    // Windows all last equally long, so in order of their making the first is the oldest.
    this.windows.delete(key);
    this.windows.set(key, window);
    this.forget(now);
    return window;
  }

  private forget(now: number): void {
    for (const [key, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size <= MAX_NAMES) return;
      this.windows.delete(key);
    }
  }
}
