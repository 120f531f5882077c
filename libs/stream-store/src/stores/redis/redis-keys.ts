import { prefixPattern } from '@millrace/core/redis';

/** The original's layout of keys, behind an optional prefix (stream-store§1). */
export class RedisKeys {
  constructor(private readonly prefix: string) {}

  stream(name: string): string {
    return this.prefix + name;
  }

  metadata(name: string): string {
    return `${this.prefix}XMETA:${name}`;
  }

  /** A hash with the place of a group of consumers in each stream. */
  positions(group: string): string {
    return `${this.prefix}millrace:positions:${group}`;
  }

  /** Pattern of every key of the store. */
  get pattern(): string {
    return prefixPattern(this.prefix);
  }

  nameOf(key: string): string {
    return key.slice(this.prefix.length);
  }
}
