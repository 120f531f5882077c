import { Logger } from '@nestjs/common';
import { thrownReport } from '@millrace/protocol';
import type { EnhancedCalls } from '../../enhancers/enhanced-calls.js';
import type { HandlerClass, HandlerClasses } from '../../enhancers/handler-classes.js';
import { guardedHandshake, type Handshake, type HandshakeOwner } from './handshake-guards.js';
import { normalize } from './route-table.js';

const GATEWAY_OPTIONS = 'websockets:gateway_options';
/** What `@SubscribeMessage` leaves. */
const MESSAGE_MAPPING = 'websockets:message_mapping';
const LIFE_CYCLE = ['handleConnection', 'handleDisconnect'] as const;

type LifeCycle = Partial<Record<(typeof LIFE_CYCLE)[number], (...args: unknown[]) => unknown>>;

/** Finds the `@WebSocketGateway` classes of the host application. */
export class GatewayExplorer {
  private readonly logger = new Logger(GatewayExplorer.name);

  constructor(
    private readonly classes: HandlerClasses,
    private readonly calls: EnhancedCalls,
  ) {}

  /**
   * Guarded `handshake` methods of gateways which have one, by path.
   *
   * @throws MillraceError when such a gateway is not a singleton
   */
  handshakes(): Map<string, Handshake> {
    const found = new Map<string, Handshake>();
    for (const [gateway, path] of this.gateways()) {
      if (typeof (gateway.type.prototype as Partial<HandshakeOwner>).handshake !== 'function') continue;
      const owner = gateway.instanceFor('a method "handshake"') as HandshakeOwner;
      // Nest asks what the class declares for each of its messages.
      const [message] = gateway.methods(MESSAGE_MAPPING);
      const options = { sharesClass: message !== undefined };
      found.set(normalize(path), guardedHandshake(this.calls, owner, options));
    }
    return found;
  }

  /** Names of the gateways, by path. */
  names(): Map<string, string> {
    return new Map([...this.gateways()].map(([gateway, path]) => [normalize(path), gateway.name]));
  }

  /**
   * Keeps an error in a gateway's `handleConnection` or `handleDisconnect` from ending the process: Nest awaits neither.
   * The socket is closed with 1011.
   */
  containErrors(): void {
    for (const [{ held: gateway }] of this.gateways()) {
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

  private *gateways(): Iterable<[HandlerClass, path: string]> {
    for (const found of this.classes) {
      const options = found.marked<{ path?: string }>(GATEWAY_OPTIONS);
      if (options && found.held) yield [found, options.path ?? '/'];
    }
  }
}
