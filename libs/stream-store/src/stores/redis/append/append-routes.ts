import { thrownText } from '@millrace/protocol';
import { keySlot, nodeAddress, type RedisCluster, type RedisServer } from '@millrace/core/redis';
import { StoreUnavailableError } from '../../../api/store.errors.js';
import { AppendFence } from './append-fence.js';

/** A server to send appends to. */
export interface AppendTarget {
  readonly server: RedisServer;
  /** Whether it is asked as the one that a slot is on its way to. */
  readonly asking: boolean;
}

/** Knows the server of each stream, and lets no append go to it on a connection that an older one may overtake. */
export interface AppendRoutes {
  /** @throws what Redis reports, or the way to it */
  to(key: string): Promise<AppendTarget>;
  /**
   * Where an append goes that a server has refused.
   *
   * @param refusal `MOVED`, `ASK` or `TRYAGAIN`
   * @throws what Redis reports, or the way to it
   */
  onFrom(refusal: unknown, key: string): Promise<AppendTarget>;
  /** Whether readers of a stream get a message behind each append. */
  readonly tells: boolean;
}

/** One server, or the master that Sentinels name. */
export class OneServer implements AppendRoutes {
  readonly tells = false;
  private readonly fence = new AppendFence();
  private readonly target: AppendTarget;

  constructor(server: RedisServer) {
    this.target = { server, asking: false };
  }

  async to(): Promise<AppendTarget> {
    await this.fence.before(this.target.server, '');
    return this.target;
  }

  onFrom(refusal: unknown): never {
    throw refusal;
  }
}

/**
 * The masters of a cluster. Appends go by the connection of the node itself: what goes by that of the whole cluster is sent
 * again without us when a node is lost, also after it has failed for its caller.
 */
export class ClusterServers implements AppendRoutes {
  readonly tells = true;
  private readonly fence = new AppendFence();

  constructor(private readonly cluster: RedisCluster) {}

  async to(key: string): Promise<AppendTarget> {
    let server = this.serverOf(key);
    if (!server) {
      await this.look(key);
      server = this.serverOf(key);
    }
    return this.target(server, false);
  }

  async onFrom(refusal: unknown, key: string): Promise<AppendTarget> {
    const [name, , address = ''] = thrownText(refusal).split(' ');
    if (name === 'ASK') {
      if (!this.serverAt(this.mapped(address))) await this.look(key);
      return this.target(this.serverAt(this.mapped(address)), true);
    }
    if (name === 'MOVED') await this.look(key);
    return this.to(key);
  }

  private async target(server: RedisServer | undefined, asking: boolean): Promise<AppendTarget> {
    if (!server) throw new StoreUnavailableError();
    await this.fence.before(server, nodeAddress(server));
    return { server, asking };
  }

  private serverOf(key: string): RedisServer | undefined {
    const { slots, options } = this.cluster;
    const [master] = slots[keySlot((options.keyPrefix ?? '') + key)] ?? [];
    return master === undefined ? undefined : this.serverAt(master);
  }

  private serverAt(address: string): RedisServer | undefined {
    return this.cluster.nodes('all').find((node) => nodeAddress(node) === address);
  }

  /** The address of a node as the host's settings translate it. */
  private mapped(address: string): string {
    const { natMap } = this.cluster.options;
    const mapped = typeof natMap === 'function' ? natMap(address) : natMap?.[address];
    return mapped ? `${mapped.host}:${mapped.port}` : address;
  }

  /** A question about the key, by which the client learns where it is now. */
  private async look(key: string): Promise<void> {
    await this.cluster.exists(key);
  }
}
