import { Logger } from '@nestjs/common';
import type { DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import { thrownReport } from '@millrace/protocol';
import { guardedHandshake, type Handshake, type HandshakeOwner } from './handshake-guards.js';
import { normalize } from './route-table.js';

const GATEWAY_OPTIONS = 'websockets:gateway_options';
const LIFE_CYCLE = ['handleConnection', 'handleDisconnect'] as const;

type LifeCycle = Partial<Record<(typeof LIFE_CYCLE)[number], (...args: unknown[]) => unknown>>;

/** Finds the `@WebSocketGateway` classes of the host application. */
export class GatewayExplorer {
  private readonly logger = new Logger(GatewayExplorer.name);

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /** Guarded `handshake` methods of gateways which have one, by path. */
  handshakes(): Map<string, Handshake> {
    const found = new Map<string, Handshake>();
    for (const { gateway, path } of this.gateways()) {
      if (typeof (gateway as Partial<HandshakeOwner>).handshake === 'function') {
        found.set(normalize(path), guardedHandshake(this.contexts, gateway as HandshakeOwner));
      }
    }
    return found;
  }

  /** Names of the gateways, by path. */
  names(): Map<string, string> {
    return new Map([...this.gateways()].map(({ gateway, path }) => [normalize(path), gateway.constructor.name]));
  }

  /**
   * Keeps an error in a gateway's `handleConnection` or `handleDisconnect` from ending the process: Nest awaits neither.
   * The socket is closed with 1011.
   */
  containErrors(): void {
    for (const { gateway } of this.gateways()) {
      for (const name of LIFE_CYCLE) {
        const original = (gateway as LifeCycle)[name];
        if (typeof original === 'function') (gateway as LifeCycle)[name] = this.contained(gateway, original);
      }
    }
  }

  private contained(gateway: object, original: (...args: unknown[]) => unknown) {
    return async (...args: unknown[]): Promise<void> => {
      try {
        await original.apply(gateway, args);
      } catch (error) {
        this.logger.error(thrownReport(error));
        (args[0] as { close?: (code: number) => void } | undefined)?.close?.(1011);
      }
    };
  }

  private *gateways(): Iterable<{ gateway: object; path: string }> {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || typeof instance !== 'object' || instance === null) continue;
      const options = Reflect.getMetadata(GATEWAY_OPTIONS, metatype) as { path?: string } | undefined;
      if (options) yield { gateway: instance as object, path: options.path ?? '/' };
    }
  }
}
