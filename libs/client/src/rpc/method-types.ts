import type { RpcParams } from './wire/messages.js';

/**
 * What a typed method map must look like: each member a function of at most one parameter, the params.
 *
 * @example
 * ```ts
 * interface Methods {
 *   subtract(params: [minuend: number, subtrahend: number]): number;
 *   'get-version'(): { major: number; minor: number; patch: number; revision: string };
 * }
 * const connector = new Connector<Methods>({ uri: 'localhost:5000' });
 * ```
 */
export type MethodShapes<Methods> = { [Name in keyof Methods]: (params: never) => unknown };

/** Any method with any params; the result has to be checked by the caller. */
export type UntypedMethods = Record<string, (params?: RpcParams | null) => unknown>;

/** Names of the methods of a map. */
export type MethodName<Methods> = keyof Methods & string;

/** `string` for an untyped map, nothing for a typed one. */
export type UntypedName<Methods> = string extends keyof Methods ? string : never;

type AnyFunction = (params: never) => unknown;

/** Result of a method; promises are unwrapped, so a server's own class can serve as the map. */
export type ResultOf<Method> = Method extends (...params: never[]) => infer Result ? Awaited<Result> : never;

/** Params of a method. */
export type ParamsOf<Method> = Method extends AnyFunction
  ? Parameters<Method> extends []
    ? null | undefined
    : Parameters<Method>[0]
  : never;

/** Arguments after the method's name: params may be left out only where the method allows it. */
export type CallArguments<Method, Rest extends unknown[]> =
  undefined extends ParamsOf<Method>
    ? [params?: ParamsOf<Method> | null, ...rest: Rest]
    : [params: ParamsOf<Method>, ...rest: Rest];

/** One entry of a batch of typed methods. */
export type TypedBatchCall<Methods> = {
  [Name in MethodName<Methods>]: {
    readonly method: Name;
    /** True: a notification, which is not answered. */
    readonly notify?: boolean;
  } & (undefined extends ParamsOf<Methods[Name]>
    ? { readonly params?: ParamsOf<Methods[Name]> }
    : { readonly params: ParamsOf<Methods[Name]> });
}[MethodName<Methods>];

/** One entry of a batch. */
export type BatchCall<Methods> = string extends keyof Methods
  ? { readonly method: UntypedName<Methods>; readonly params?: RpcParams | null; readonly notify?: boolean }
  : TypedBatchCall<Methods>;

/** What became of the entries, in their order. A notification is fulfilled with undefined. */
export type BatchOutcome<Methods, Calls extends readonly unknown[]> = {
  [Index in keyof Calls]: PromiseSettledResult<OutcomeOf<Methods, Calls[Index]>>;
};

type OutcomeOf<Methods, Call> = Call extends { readonly notify: true }
  ? undefined
  : Call extends { readonly method: infer Name extends keyof Methods }
    ? ResultOf<Methods[Name]>
    : unknown;
