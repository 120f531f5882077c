import { thrownText } from '@millrace/protocol';
import { keySlot } from './key-slot.js';
import { nodeAddress } from './place.js';
import type { RedisCluster } from './shared-redis.options.js';
import { ShardListener } from './shard-listener.js';

const PROBE_MS = 5000;

interface Channel {
  readonly slot: number;
  /** The node that it is listened to at, or is being joined at. */
  listener: ShardListener | undefined;
}

interface Told {
  /** Something was appended under a key. */
  news(key: string): void;
  /** What was appended under a key until now may have gone unheard; from now on it is heard, or will be soon. */
  look(key: string): void;
  /** Redis lets this user listen to no such channel. */
  refused(error: unknown): void;
}

/**
 * Hears of appends in a cluster: each is announced on a shard channel that has the name of the stream's key, and so lies on the
 * same node. A connection for each master, of our own: those that ioredis shares say neither when a channel is joined again nor
 * that it could not be.
 */
export class ShardNews {
  private readonly channels = new Map<string, Channel>();
  private readonly listeners = new Map<string, ShardListener>();
  private readonly refused = new Set<string>();
  private probedAt = 0;

  constructor(
    private readonly cluster: RedisCluster,
    private readonly told: Told,
  ) {}

  follow(key: string): void {
    if (this.channels.has(key)) return;
    const channel: Channel = { slot: keySlot(key), listener: undefined };
    this.channels.set(key, channel);
    this.place(key, channel);
  }

  unfollow(key: string): void {
    this.channels.get(key)?.listener?.leave(key);
    this.channels.delete(key);
    this.refused.delete(key);
  }

  /** Listens where the slots are now, and again where a connection has ended. To be called every now and then. */
  review(): void {
    for (const [node, listener] of this.listeners) {
      if (!listener.hasEnded && !listener.isIdle) continue;
      listener.close();
      this.listeners.delete(node);
      for (const channel of this.channels.values()) if (channel.listener === listener) channel.listener = undefined;
    }
    for (const [key, channel] of this.channels) this.place(key, channel);
    const now = performance.now();
    if (now - this.probedAt < PROBE_MS) return;
    this.probedAt = now;
    for (const listener of this.listeners.values()) listener.probe();
  }

  close(): void {
    for (const listener of this.listeners.values()) listener.close();
    this.listeners.clear();
    this.channels.clear();
  }

  private place(key: string, channel: Channel): void {
    if (this.refused.has(key)) return;
    const node = this.cluster.slots[channel.slot]?.[0];
    const listener = node === undefined ? undefined : this.listenerAt(node);
    if (!listener || listener === channel.listener) return;
    channel.listener?.leave(key);
    channel.listener = listener;
    listener.join(key).then(
      () => {
        if (channel.listener === listener) this.told.look(key);
      },
      (error: unknown) => this.notJoined(key, channel, listener, error),
    );
  }

  private notJoined(key: string, channel: Channel, listener: ShardListener, error: unknown): void {
    if (this.channels.get(key) !== channel) return;
    if (channel.listener === listener) channel.listener = undefined;
    const text = thrownText(error);
    if (text.startsWith('NOPERM')) {
      this.refused.add(key);
      this.told.refused(error);
    }
    // A command to the stream is led to its node, and the client learns of it.
    if (text.startsWith('MOVED')) this.told.look(key);
  }

  private listenerAt(node: string): ShardListener | undefined {
    const known = this.listeners.get(node);
    if (known && !known.hasEnded) return known;
    const master = this.cluster.nodes('master').find((each) => nodeAddress(each) === node);
    if (!master) return undefined;
    const listener: ShardListener = new ShardListener(master, {
      news: (channel) => this.told.news(channel),
      // Which of its channels are gone is not said: all are joined again, which changes nothing for those that are there.
      moved: () => {
        for (const channel of this.channels.values()) if (channel.listener === listener) channel.listener = undefined;
      },
    });
    this.listeners.set(node, listener);
    return listener;
  }
}
