import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, type ContextId, ExternalContextCreator, ModuleRef, ModulesContainer } from '@nestjs/core';
import {
  copyFilters,
  declared,
  ENHANCER_KINDS,
  type EnhancerKind,
  enhancerNameOf,
  type Wrapper,
} from './enhancer-kinds.js';
import { assertGlobalsLast, assertUnguarded, ScopedEnhancers } from './scoped-enhancers.js';

type Args = readonly never[];
type ExternalContextOptions = Parameters<ExternalContextCreator['create']>[7];

/** A method behind its enhancers. */
export type EnhancedCall = (...args: unknown[]) => Promise<unknown>;

/** A method to be called behind enhancers, and which kinds of them. */
export interface EnhancedMethod {
  readonly instance: object;
  readonly method: string;
  /** What `ExecutionContext.getType()` gives. */
  readonly type: string;
  readonly guards: boolean;
  readonly interceptors: boolean;
  /** Whether filters get its errors; a function decides for each call, by the arguments. */
  readonly filters: boolean | ((...args: Args) => boolean);
  /** How decorated parameters get their values, and so whether pipes run. */
  readonly params?: {
    readonly metadataKey: string;
    exchangeKeyForValue(type: number, data: unknown, args: unknown[]): unknown;
  };
  /** What enhancers of a call get as `REQUEST`, by the arguments; the first of them by default. */
  readonly request?: (...args: Args) => object | undefined;
}

/**
 * Calls methods of providers behind the guards, interceptors, pipes and filters of the host: those of the application, of
 * the class and of the method, in Nest's order. Global ones that are request-scoped or durable are made for each call,
 * transient ones for each class. What cannot be asked is refused when the method is bound, which is at start.
 */
@Injectable()
export class EnhancedCalls implements OnModuleInit {
  private readonly kept = new WeakMap<object, Map<Wrapper, Promise<unknown>>>();

  constructor(
    private readonly contexts: ExternalContextCreator,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @throws MillraceError when Nest would leave out a global enhancer */
  onModuleInit(): void {
    assertGlobalsLast(this.modules);
  }

  /** Whether an enhancer of one of these kinds applies to a method. One without any can be called directly. */
  applies(kinds: readonly EnhancerKind[], instance: object, handler: object): boolean {
    return kinds.some((kind) => {
      const { lasting, scoped } = ENHANCER_KINDS[kind];
      const lists = [lasting(this.config), scoped(this.config), declared(kind, instance.constructor)];
      return [...lists, declared(kind, handler)].some(({ length }) => length > 0);
    });
  }

  /** Names of the global enhancers of a kind. */
  globals(kind: EnhancerKind): string[] {
    const { lasting, scoped } = ENHANCER_KINDS[kind];
    return [
      ...lasting(this.config).map((enhancer) => (enhancer as object).constructor.name),
      ...scoped(this.config).map(enhancerNameOf),
    ];
  }

  /** @throws MillraceError when an enhancer of the class or the method cannot be asked */
  bind(bound: EnhancedMethod): EnhancedCall {
    const { instance, method, request = (...args: unknown[]) => args[0] } = bound;
    if (!bound.guards) assertUnguarded(instance, method);
    const { config, modules, moduleRef, kept } = this;
    const scoped = new ScopedEnhancers({ config, modules, moduleRef, kept }, instance, method, kindsOf(bound));
    if (scoped.isEmpty) return this.contextOf(bound);
    if (scoped.perCall) {
      return async (...args) => {
        const contextId = await scoped.enter((request as (...args: unknown[]) => object | undefined)(...args));
        return this.contextOf(bound, contextId, scoped.inquirerId)(...args);
      };
    }
    let context: EnhancedCall | undefined;
    return async (...args) => {
      context ??= this.contextOf(bound, await scoped.enter(undefined), scoped.inquirerId);
      return context(...args);
    };
  }

  /** Nest's own run of static enhancers, and of others whose instances it finds by the context. */
  private contextOf(bound: EnhancedMethod, contextId?: ContextId, inquirerId?: string): EnhancedCall {
    const { instance, method, type, guards, interceptors, filters, params } = bound;
    const handler = (instance as Record<string, EnhancedCall>)[method]!;
    const create = (...[callback, name, options]: [EnhancedCall, string, ExternalContextOptions]): EnhancedCall => {
      const [key, factory] = callback === handler ? [params?.metadataKey, params] : [];
      return this.contexts.create(instance, callback, name, key, factory, contextId, inquirerId, options, type);
    };
    const call = create(handler, method, { guards, interceptors, filters: filters === true });
    if (typeof filters === 'boolean') return call;
    return async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        if (!filters(...(args as never[]))) throw error;
        const rethrow = (): never => {
          throw error;
        };
        copyFilters(handler, rethrow);
        // Under a name of its own: Nest keeps what it knows of parameters by the name of a method.
        const options = { guards: false, interceptors: false, filters: true };
        return create(rethrow, `${method}:filters`, options)(...args);
      }
    };
  }
}

function kindsOf({ guards, interceptors, filters, params }: EnhancedMethod): EnhancerKind[] {
  const wanted = { guards, interceptors, pipes: params !== undefined, filters: filters !== false };
  return (Object.keys(wanted) as EnhancerKind[]).filter((kind) => wanted[kind]);
}
