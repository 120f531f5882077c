/* eslint-disable @typescript-eslint/no-unsafe-function-type, @typescript-eslint/no-unsafe-call -- the signatures are Nest's */
import type { WebSocketAdapter } from '@nestjs/common';

type BindMessageHandlers = WebSocketAdapter['bindMessageHandlers'];

/** The host's other adapter, and which servers and clients belong to it. Each method answers whether it took the call. */
export class FallbackAdapter {
  private readonly own = new WeakSet<object>();

  constructor(private readonly adapter: WebSocketAdapter) {}

  create(port: number, options: Record<string, unknown>): object {
    // By default engine.io ends upgrades that it does not know after a second, also while another listener checks them.
    const server = this.adapter.create(port, { destroyUpgrade: false, ...options }) as object;
    this.own.add(server);
    return server;
  }

  bindClientConnect(server: object, callback: Function): boolean {
    if (!this.own.has(server)) return false;
    this.adapter.bindClientConnect(server, (client: object, ...rest: unknown[]) => {
      this.own.add(client);
      callback(client, ...rest);
    });
    return true;
  }

  bindClientDisconnect(client: object, callback: Function): boolean {
    if (!this.own.has(client)) return false;
    this.adapter.bindClientDisconnect?.(client, callback);
    return true;
  }

  bindMessageHandlers(
    client: object,
    ...rest: Parameters<BindMessageHandlers> extends [unknown, ...infer R] ? R : never
  ): boolean {
    if (!this.own.has(client)) return false;
    this.adapter.bindMessageHandlers(client, ...rest);
    return true;
  }

  async close(server: object): Promise<boolean> {
    if (!this.own.has(server)) return false;
    await this.adapter.close(server);
    return true;
  }

  async dispose(): Promise<void> {
    await (this.adapter as { dispose?: () => Promise<void> }).dispose?.();
  }
}
