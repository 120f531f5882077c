import { hash } from 'node:crypto';
import { networkOf } from '@millrace/core/security';
import { tooManyAttempts } from './auth.errors.js';

interface PasswordAttemptLimits {
  /** Wrong passwords for one name from one address within `ttl`. */
  readonly limit: number;
  /** Milliseconds. */
  readonly ttl: number;
}

interface Window {
  count: number;
  readonly endsAt: number;
}

/** Most names and addresses counted at a time; the oldest is forgotten first. */
const MAX_NAMES = 10_000;

/**
 * Counts wrong passwords by name and address, where a protocol logs in by a message. By the name alone, everybody who
 * knows it could keep its holder out; by the address alone, one device with an old password would keep out all others behind
 * the same router. Where the address is not known, only the name counts. Right passwords do not count: a hundred sources of
 * one user may come back at once. An attempt counts from its beginning, so that many at a time do not slip through.
 */
export class PasswordAttempts {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly limits: PasswordAttemptLimits) {}

  /**
   * Notes that an attempt begins.
   *
   * @param address of the client, where it is known
   * @returns takes the attempt back; to be called when the password was right
   * @throws MillraceError `TOO_MANY_REQUESTS`
   */
  begin(name: string, address = ''): () => void {
    const key = hash('sha256', `${networkOf(address)} ${name}`, 'base64');
    const window = this.windowOf(key);
    if (window.count >= this.limits.limit)
      throw tooManyAttempts((window.endsAt - performance.now()) / 1000, 'login attempts');
    window.count += 1;
    return () => {
      window.count -= 1;
    };
  }

  private windowOf(key: string): Window {
    const now = performance.now();
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
