/** Metadata key of `@RpcMethod`; a fixed text, so that it survives a duplicated package. */
export const RPC_METHOD = 'rpc:method';
/** Nest's own key of decorated parameters; the host's custom parameter decorators are found there too. */
export const ROUTE_ARGS = '__routeArguments__';
/** Type of the execution context of RPC methods: `context.getType() === 'rpc'`. */
export const RPC_CONTEXT = 'rpc';
/** Area of everything this package serves, for `AccessPolicy` and scopes (`rpc:call:<method>`). */
export const RPC_AREA = 'rpc';
/** `plugin` of the built-in methods. */
export const CORE_PLUGIN = 'Core';
