import { HttpException } from '@nestjs/common';
import { MillraceError } from '@millrace/core';
import { runInNewContext } from 'node:vm';

const fail = (): never => {
  throw new Error('a trap of the thing thrown');
};

const TRAPS: ProxyHandler<object> = {
  get: fail,
  getPrototypeOf: fail,
  has: fail,
  ownKeys: fail,
  getOwnPropertyDescriptor: fail,
};

/** An object whose members throw when they are read. */
function withThrowing(target: object, ...keys: PropertyKey[]): object {
  for (const key of keys) Object.defineProperty(target, key, { get: fail });
  return target;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable(new Error('revoked'), {});
  revoke();
  return proxy;
}

function cycle(): Error {
  const error = new Error('a cycle of causes');
  error.cause = new Error('in the cycle', { cause: error });
  return error;
}

let deepest: Error | undefined;

/** Only its head is made anew: the rest takes long to make. */
function deep(): Error {
  if (!deepest) {
    deepest = new Error('the deepest');
    for (let depth = 0; depth < 20_000; depth += 1) deepest = new Error('deep', { cause: deepest });
  }
  return new Error('deep', { cause: deepest });
}

function aggregate(): AggregateError {
  const error = new AggregateError([new Error('one'), Object.create(null), revoked()]);
  error.errors.push(error);
  return error;
}

const circular = (): Record<string, unknown> => {
  const object: Record<string, unknown> = {};
  return Object.assign(object, { object });
};

/** Things that can be thrown, or rejected with, each made anew; to none of them an answer was meant. */
export const THINGS_THROWN: readonly (readonly [name: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['zero', () => 0],
  ['a text', () => 'a text'],
  ['an empty text', () => ''],
  ['a long text', () => 'long '.repeat(200_000)],
  ['a symbol', () => Symbol('thrown')],
  ['a big number', () => 10n],
  ['a function', () => fail],
  ['an object', () => ({ code: 1 })],
  ['an object without a prototype', () => Object.create(null) as object],
  ['a circular object', circular],
  ['a thenable that never answers', () => ({ then: () => undefined })],
  ['a thenable that throws', () => ({ then: fail })],
  ['a revoked proxy', revoked],
  ['a proxy whose traps throw', () => new Proxy(new Error('behind'), TRAPS)],
  ['a proxy of a function whose traps throw', () => new Proxy(fail, TRAPS)],
  [
    'an error whose members throw',
    () => withThrowing(Object.create(Error.prototype) as object, 'message', 'stack', 'name', 'cause', 'code'),
  ],
  ['an error whose message is a symbol', () => Object.assign(new Error('replaced'), { message: Symbol('message') })],
  ['an error whose message is an object', () => Object.assign(new Error('replaced'), { message: Object.create(null) })],
  ['an error with a long message', () => new Error('long '.repeat(200_000))],
  ['an object that has no text', () => withThrowing({}, 'toString', Symbol.toPrimitive, Symbol.toStringTag, 'toJSON')],
  ['an object whose text is an object', () => ({ toString: () => ({}), [Symbol.toPrimitive]: () => ({}) })],
  ['an error of another realm', () => runInNewContext('new Error("foreign")') as unknown],
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  ['a cycle of causes', cycle],
  ['a long chain of causes', deep],
  ['an aggregate that holds itself', aggregate],
  ['an exception whose status throws', () => Object.assign(new HttpException('x', 400), { getStatus: fail })],
  [
    'an exception whose response throws',
    () => Object.assign(new MillraceError('CONFLICT', 'x'), { getResponse: fail }),
  ],
  ['an exception with a status that is none', () => new HttpException('x', 99_999)],
  [
    'an error of ours with a code that is none',
    () => Object.assign(new MillraceError('CONFLICT', 'x'), { code: 'NO' }),
  ],
  ['a proxy of an error of ours', () => new Proxy(new MillraceError('CONFLICT', 'x'), { get: fail })],
];

/** Results that cannot be written as JSON. */
export const THINGS_UNWRITABLE: readonly (readonly [name: string, make: () => unknown])[] = [
  ['a big number', () => ({ value: 10n })],
  ['a circular object', circular],
  ['an object whose toJSON throws', () => ({ toJSON: fail })],
  ['an object with a getter that throws', () => withThrowing({}, 'toJSON')],
  ['a revoked proxy', revoked],
  ['a proxy whose traps throw', () => new Proxy(new Error('behind'), TRAPS)],
  ['an object whose then throws', () => withThrowing({}, 'then')],
];

const ofAnotherRealm = runInNewContext('(value) => Promise.resolve(value)') as <Value>(value: Value) => Promise<Value>;

type Awaitable = <Value>(value: Value | Promise<Value>) => PromiseLike<Value>;

const thenOf =
  <Value>(value: Value | Promise<Value>): PromiseLike<Value>['then'] =>
  (...handlers) =>
    Promise.resolve<Value>(value as Value).then(...handlers);

/** Makes what has to be awaited as a promise of this realm is; given a promise that rejects, it does so too. */
export const THINGS_AWAITED: readonly (readonly [name: string, make: Awaitable])[] = [
  ['a promise of another realm', (value) => ofAnotherRealm(value) as Promise<never>],
  ['a thenable', (value) => ({ then: thenOf(value) })],
  ['a function with a then', (value) => Object.assign(() => undefined, { then: thenOf(value) })],
];
