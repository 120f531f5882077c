import { SetMetadata } from '@nestjs/common';

/** Metadata keys; fixed texts, so that they survive a duplicated package. */
export const PUBLIC = 'millrace:public';
export const REQUIRED_SCOPES = 'millrace:required-scopes';
export const ACCESS_AREA = 'millrace:access-area';
export const CHANGES_STATE = 'millrace:changes-state';

/** Opens a controller, route, gateway, socket endpoint or RPC method to everybody. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/**
 * Asks for scopes. `{name}` is replaced by the route's parameter of that name; names joined by `+` need the scope each.
 *
 * @example
 * ```ts
 * @Get(':id') @RequireScopes('streams:read:{id}') read() {}
 * ```
 */
export const RequireScopes = (...scopes: string[]): ClassDecorator & MethodDecorator =>
  SetMetadata(REQUIRED_SCOPES, scopes);

/** Names the area a class belongs to, so that a module can open its whole area by one option ({@link AccessPolicy}). */
export const AccessArea = (area: string): ClassDecorator => SetMetadata(ACCESS_AREA, area);

/**
 * Says that a route changes something although it takes GET. Pages of others can bring a browser to ask for it by a link, so it is
 * guarded as a POST is.
 *
 * @example
 * ```ts
 * @Get('reset') @ChangesState() reset() {}
 * ```
 */
export const ChangesState = (): ClassDecorator & MethodDecorator => SetMetadata(CHANGES_STATE, true);
