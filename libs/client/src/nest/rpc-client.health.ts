import { Injectable } from '@nestjs/common';
import { withDeadline } from '@millrace/protocol';
import { RpcClients } from './rpc-clients.js';

/** What a health check answers; the form `@nestjs/terminus` takes from its indicators. */
export type RpcClientHealthResult<Key extends string = string> = Record<
  Key,
  { status: 'up' } | { status: 'down'; message: string }
>;

/**
 * Tells whether a named client reaches its server: connected, or able to connect now.
 *
 * @example
 * ```ts
 * @Get('health') @HealthCheck() check() { return this.health.check([() => this.rpc.check('renderer')]); }
 * ```
 * @publicApi
 */
@Injectable()
export class RpcClientHealth {
  constructor(private readonly clients: RpcClients) {}

  /**
   * @param name of the client, and key of the result
   * @param timeout how long connecting may take, in milliseconds
   */
  async check<Name extends string>(name: Name, timeout = 1000): Promise<RpcClientHealthResult<Name>> {
    try {
      const connecting = this.clients.get(name).connect();
      await withDeadline(connecting, timeout, () => new Error(`no connection within ${timeout} ms`));
      return result(name, { status: 'up' });
    } catch (error) {
      return result(name, { status: 'down', message: error instanceof Error ? error.message : String(error) });
    }
  }
}

function result<Name extends string>(name: Name, outcome: RpcClientHealthResult[string]): RpcClientHealthResult<Name> {
  return { [name]: outcome } as RpcClientHealthResult<Name>;
}
