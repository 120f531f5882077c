import { Inject } from '@nestjs/common';

/** Name of the client that has none of its own. */
export const DEFAULT_RPC_CLIENT = 'default';

/** Token of a named client, for `useFactory`, `overrideProvider` and tests. */
export const getRpcToken = (name: string = DEFAULT_RPC_CLIENT): string => `rpc:client:${name}`;

/**
 * Injects a named {@link RpcClient}.
 *
 * @example
 * ```ts
 * constructor(@InjectRpc('renderer') private readonly renderer: RpcClient<RendererMethods>) {}
 * ```
 */
export const InjectRpc = (name?: string): PropertyDecorator & ParameterDecorator => Inject(getRpcToken(name));
