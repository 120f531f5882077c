import type { MethodName, ParamsOf, ResultOf, UntypedName } from './method-types.js';
import type { RpcParams } from './wire/messages.js';

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
