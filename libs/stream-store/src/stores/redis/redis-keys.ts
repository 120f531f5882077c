import { hashedPart, isOwnKey, keySlot, prefixPattern, tagOfSlot } from '@millrace/core/redis';

/** The original's layout of keys, behind an optional prefix (stream-store§1). */
export class RedisKeys {
  constructor(private readonly prefix: string) {}

  stream(name: string): string {
    return this.prefix + name;
  }

  /** Whether a stream of this name would lie under a key that a module of ours keeps, this store or another one. */
  meetsOwn(name: string): boolean {
    return isOwnKey(this.stream(name));
  }

  metadata(name: string): string {
    return `${this.prefix}XMETA:${name}`;
  }

  /**
   * Keeps the last ID of a deleted stream. In a cluster it must lie in the same slot as the stream: undefined where no name of
   * a key does.
   */
  floor(name: string, isCluster: boolean): string | undefined {
    const tag = hashedPart(this.stream(name));
    const key = `${this.prefix}millrace:floor:{${tag}}:${name}`;
    return isCluster && hashedPart(key) !== tag ? undefined : key;
  }

  /** The set of the producers of a stream; in a cluster in its slot. */
  producers(name: string, isCluster: boolean): string {
    return this.beside('producers', name, name, isCluster);
  }

  /** What a producer has stored in a stream; in a cluster in its slot. */
  producer(name: string, id: string, isCluster: boolean): string {
    return this.beside('producer', `${encodeURIComponent(id)}:${name}`, name, isCluster);
  }

  /** What a group of consumers keeps, in the same slot as the stream. Without a group it is that of all groups of the stream. */
  group(what: string, stream: string, group: string | undefined, isCluster: boolean): string {
    // By its length it is clear where the name of the stream ends.
    const name = group === undefined ? stream : `${stream.length}:${stream}:${group}`;
    return this.beside('group', `${what}:${name}`, stream, isCluster);
  }

  private beside(what: string, rest: string, name: string, isCluster: boolean): string {
    const stream = this.stream(name);
    const key = (tag: string): string => `${this.prefix}millrace:${what}:{${tag}}:${rest}`;
    const tag = hashedPart(stream);
    return isCluster && hashedPart(key(tag)) !== tag ? key(tagOfSlot(keySlot(stream))) : key(tag);
  }

  /** Counts the streams that were removed, so that a reader sees with one look that some may have begun anew. */
  get removals(): string {
    return `${this.prefix}millrace:removals`;
  }

  /** Hashes that know who made which stream; in a cluster they lie in one slot. */
  owners(what: 'names' | 'counts'): string {
    return `${this.prefix}millrace:{owners}:${what}`;
  }

  /** A hash in which earlier releases kept the place of a group of consumers in each stream. */
  positions(group: string): string {
    return `${this.prefix}millrace:positions:${group}`;
  }

  /** Pattern of every key of the store. */
  get pattern(): string {
    return prefixPattern(this.prefix);
  }

  /** Pattern of the keys of all metadata. */
  get metadataPattern(): string {
    return prefixPattern(this.metadata(''));
  }

  nameOf(key: string): string {
    return key.slice(this.prefix.length);
  }
}
