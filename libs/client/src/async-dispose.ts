/// <reference lib="esnext.disposable" preserve="true" />
/** `Symbol.asyncDispose`, or what compilers put in its place where the engine has none yet (Safari). */
export const asyncDispose: typeof Symbol.asyncDispose =
  (Symbol as { asyncDispose?: typeof Symbol.asyncDispose }).asyncDispose ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);
