import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { handshakeRequestOf } from '@millrace/core/http';
import { type Principal, principalOf } from '@millrace/core/security';

/**
 * Hands a handler whose call it is: in HTTP routes, messages of gateways, JSON-RPC methods and GraphQL resolvers.
 * Undefined on a public place.
 *
 * @example
 * ```ts
 * @Get('me') me(@CurrentPrincipal() principal: Principal) { return principal.subject; }
 * ```
 */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalIn(context),
);

function principalIn(context: ExecutionContext): Principal | undefined {
  for (const argument of context.getArgs<unknown[]>()) {
    const request = (argument as { req?: unknown } | null | undefined)?.req;
    const found = principalOf(argument) ?? principalOf(handshakeRequestOf(argument)) ?? principalOf(request);
    if (found) return found;
  }
  return undefined;
}
