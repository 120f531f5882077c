import type { JsonSchema } from '../api/json-schema.interface.js';
import { MethodGate } from './method-gate.js';
import type { RpcCall } from './rpc-engine.interface.js';

/** Calls of a method that wait for a place, where it says nothing else. */
const MAX_WAITING = 1000;

/** What an error of a method means, for `rpc.discover`. */
export interface RpcErrorDocs {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** One callable method, whatever provides it. */
export interface RpcMethodDefinition {
  readonly name: string;
  /** Who registered it: the class of the provider, `Core` for the built-in ones. */
  readonly plugin: string;
  /** A short human-readable heading. */
  readonly summary: string | undefined;
  readonly description: string;
  /** Sends progress and can be cancelled. */
  readonly async: boolean;
  readonly deprecated: boolean;
  readonly tags: readonly string[];
  readonly errors: readonly RpcErrorDocs[];
  /** Schema of the params; undefined when the method takes none. */
  readonly params: JsonSchema | undefined;
  /** Schema of the result; undefined when nothing is returned. */
  readonly returns: JsonSchema | undefined;
  /** Names of by-position params in their order; undefined when an array is taken as it comes. */
  readonly positional: readonly string[] | undefined;
  /** Longest run, in milliseconds; 0 for no limit. */
  readonly timeout: number;
  /** Calls that run at a time, of all clients together; undefined for no limit. */
  readonly maxRunning?: number | undefined;
  /** Calls that wait while so many run. */
  readonly maxWaiting?: number | undefined;
  /** What a caller must be allowed, each of them; the method itself may ask for more. */
  readonly scopes: readonly string[];
  /** Left out of `registry` and `schema`. */
  readonly hidden: boolean;
  /** Runs at once, even while the limit of running calls is reached; `params.id` keeps its digits. */
  readonly priority: boolean;
  /** Validates the params and runs the method; may answer, reject or throw. */
  invoke(params: unknown, call: RpcCall): unknown;
}

/** The methods by name. A `Map`: `constructor` or `__proto__` are names like any other (rpc#S18). */
export class MethodTable {
  private readonly methods = new Map<string, RpcMethodDefinition>();
  private readonly gates = new Map<RpcMethodDefinition, MethodGate>();

  /** @throws Error when the name is empty or taken (rpc#S45) */
  add(method: RpcMethodDefinition): void {
    const { name, plugin } = method;
    if (name === '') throw new Error(`An RPC method of ${plugin} has an empty name; give @RpcMethod() a name`);
    const other = this.methods.get(name);
    if (other)
      throw new Error(`Two RPC methods are named "${name}", one of ${other.plugin} and one of ${plugin}; rename one`);
    this.methods.set(name, method);
    if (method.maxRunning === undefined) return;
    this.gates.set(method, new MethodGate(method.maxRunning, method.maxWaiting ?? MAX_WAITING));
  }

  get(name: string): RpcMethodDefinition | undefined {
    return this.methods.get(name);
  }

  /** The places of a method that has a limited number of them. */
  gateOf(method: RpcMethodDefinition): MethodGate | undefined {
    return this.gates.get(method);
  }

  /** Every method, in order of registration. */
  all(): RpcMethodDefinition[] {
    return [...this.methods.values()];
  }

  /** The methods that `registry` lists. */
  listed(): RpcMethodDefinition[] {
    return this.all().filter(({ hidden }) => !hidden);
  }
}
