import { LRUCache } from 'lru-cache';
import { PatternError } from '../../api/connectivity.errors.js';
import { compilePattern, type NamePattern } from './name-pattern.js';

/** Compiled patterns kept: characters of their text, and as many again for what each takes anyway. */
const CAPACITY = 256 * 1024;
const OVERHEAD = 1024;
/** Bytes that a pattern may keep beyond that while others are in use. */
const MAX_KEPT = 256 * 1024;

/** Compiled patterns, and the errors of those that cannot be. */
export class PatternCache {
  private readonly compiled = new LRUCache<string, NamePattern | PatternError>({
    maxSize: CAPACITY,
    sizeCalculation: (_pattern, text) => text.length + OVERHEAD,
  });

  private latest: NamePattern | undefined;

  constructor(private readonly maxLength: number) {}

  /** @throws PatternError */
  get(text: string): NamePattern {
    if (text.length > this.maxLength)
      throw new PatternError(text, `it has ${text.length} characters; at most ${this.maxLength} are accepted`);
    const known = this.compiled.get(text) ?? this.compile(text);
    if (known instanceof PatternError) throw known;
    if (this.latest !== known) this.latest?.release?.(MAX_KEPT);
    this.latest = known;
    return known;
  }

  private compile(text: string): NamePattern | PatternError {
    let compiled: NamePattern | PatternError;
    try {
      compiled = compilePattern(text);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      compiled = error;
    }
    this.compiled.set(text, compiled);
    return compiled;
  }
}
