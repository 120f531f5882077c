import { type LoginAttempt, type LoginLimit, LoginLimits } from '../api/login-limits.js';

interface Span {
  count: number;
  readonly endsAt: number;
}

/** Most keys counted at a time; the oldest is forgotten first. */
const MAX_KEYS = 10_000;

/** Counts in the process: each instance of a server has a count of its own. The default. */
export function memoryLoginLimits(): LoginLimits {
  return new MemoryLoginLimits();
}

class MemoryLoginLimits extends LoginLimits {
  private readonly spans = new Map<string, Span>();

  override async begin(key: string, { limit, ttl }: LoginLimit): Promise<LoginAttempt> {
    const span = this.spanOf(key, ttl);
    if (span.count >= limit) return { wait: span.endsAt - performance.now(), takeBack: async () => undefined };
    span.count += 1;
    return { wait: 0, takeBack: async () => void (span.count -= 1) };
  }

  private spanOf(key: string, ttl: number): Span {
    const now = performance.now();
    const known = this.spans.get(key);
    if (known && known.endsAt > now) return known;
    const span = { count: 0, endsAt: now + ttl };
    // Spans all last equally long, so in order of their making the first is the oldest.
    this.spans.delete(key);
    this.spans.set(key, span);
    this.forget(now);
    return span;
  }

  private forget(now: number): void {
    for (const [key, { endsAt }] of this.spans) {
      if (endsAt > now && this.spans.size <= MAX_KEYS) return;
      this.spans.delete(key);
    }
  }
}
