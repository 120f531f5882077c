/** Where Nest keeps the parameters of handlers; parameter decorators of the host write there too. */
export const ARGUMENTS_METADATA = '__routeArguments__';

interface ArgumentMetadata {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes: readonly unknown[];
}

/** Nest's number of a request body: validation pipes look at it. */
const PAYLOAD = 3;
/** Nest's number of the request itself: pipes take it for a custom parameter, validation leaves it alone. */
const CONTEXT = 0;

/** What the parameters of a handler are, in their order. */
export type HandlerArguments = readonly ('payload' | 'context')[];

/**
 * Declares the parameters of a handler method, so that Nest runs pipes on them. Those with a decorator of their own are
 * left alone.
 */
export function declareArguments(target: object, name: string | symbol, kinds: HandlerArguments): void {
  const existing = (Reflect.getMetadata(ARGUMENTS_METADATA, target.constructor, name) ?? {}) as Record<
    string,
    ArgumentMetadata
  >;
  const taken = new Set(Object.values(existing).map(({ index }) => index));
  const declared: Record<string, ArgumentMetadata> = { ...existing };
  for (const [index, kind] of kinds.entries()) {
    if (!taken.has(index)) {
      declared[`${kind === 'payload' ? PAYLOAD : CONTEXT}:${index}`] = { index, data: undefined, pipes: [] };
    }
  }
  Reflect.defineMetadata(ARGUMENTS_METADATA, declared, target.constructor, name);
}

/** Gives Nest the value of a declared parameter: the payload comes first, the context last. */
export const argumentsFactory = {
  exchangeKeyForValue: (type: number, _data: unknown, values: unknown[]): unknown =>
    type === PAYLOAD ? values[0] : values[values.length - 1],
};
