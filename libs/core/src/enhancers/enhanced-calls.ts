import { thrownIs, thrownText } from '@millrace/protocol';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, type ContextId, ExternalContextCreator, ModuleRef, ModulesContainer } from '@nestjs/core';
import { declared, ENHANCER_KINDS, type EnhancerKind, enhancerNameOf, type Wrapper } from './enhancer-kinds.js';
import { assertAsked, assertGlobalsLast, ScopedEnhancers } from './scoped-enhancers.js';
import { NO_RESPONSE } from './no-response.js';
import { standIn } from './stand-in.js';
import { skipThrottlers, throttlerNames } from './throttlers.js';

type Args = readonly never[];
type ExternalContextOptions = Parameters<ExternalContextCreator['create']>[7];

/** A method behind its enhancers. */
export type EnhancedCall = (...args: unknown[]) => Promise<unknown>;

/**
 * A method to be called behind enhancers, and which kinds of them. The first argument of a call has to be an object of the
 * server's own, such as the request or the task, and what the caller sent must come behind the response: enhancers that know
 * HTTP alone take the first for the request, and believe what stands in it.
 */
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
  /** Whether the second argument of a call is a response. Without, enhancers find one there that drops headers. @default false */
  readonly answers?: boolean;
  /** What runs in place of the method, where it is not to get the arguments of the call as they are. */
  readonly run?: (...args: Args) => unknown;
  /** Whether nobody outside makes the call, so that throttlers are to leave it alone. @default false */
  readonly unthrottled?: boolean;
  /** Whether decorators of the class are for other methods of it as well. @default false */
  readonly sharesClass?: boolean;
}

/**
 * Calls methods of providers behind the guards, interceptors, pipes and filters of the host: those of the application, of
 * the class and of the method, in Nest's order. Global ones that are request-scoped or durable are made for each call,
 * transient ones for each class. What cannot be asked is refused when the method is bound, which is at start.
 */
@Injectable()
export class EnhancedCalls implements OnModuleInit {
  private readonly logger = new Logger(EnhancedCalls.name);
  private readonly kept = new WeakMap<object, Map<Wrapper, Promise<unknown>>>();
  /** Methods whose failing filters the log has named. */
  private readonly named = new WeakSet<object>();

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
    const call = this.guard(bound);
    return bound.answers ? call : (first, ...rest) => call(first, NO_RESPONSE, ...rest);
  }

  private guard(bound: EnhancedMethod): EnhancedCall {
    const { instance, method } = bound;
    const kinds = kindsOf(bound);
    assertAsked(bound, kinds);
    const { config, modules, moduleRef, kept } = this;
    const scoped = new ScopedEnhancers({ config, modules, moduleRef, kept }, instance, method, kinds);
    const handler = this.handlerOf(bound);
    if (scoped.isEmpty) return this.contextOf(bound, handler);
    if (scoped.perCall) {
      return async (...args) => {
        const contextId = await scoped.enter(args[0] as object | undefined);
        return this.contextOf(bound, handler, contextId, scoped.inquirerId)(...args);
      };
    }
    let context: EnhancedCall | undefined;
    return async (...args) => {
      context ??= this.contextOf(bound, handler, await scoped.enter(undefined), scoped.inquirerId);
      return context(...args);
    };
  }

  /** The function that Nest calls: the method itself, where nothing about it is ours. */
  private handlerOf({ instance, method, run, unthrottled = false }: EnhancedMethod): EnhancedCall {
    const handler = (instance as Record<string, EnhancedCall>)[method]!;
    const names = unthrottled ? throttlerNames(this.modules) : [];
    if (!run && names.length === 0) return handler;
    const other = standIn(handler, run ?? handler.bind(instance)) as EnhancedCall;
    skipThrottlers(other, names);
    return other;
  }

  /** Nest's own run of static enhancers, and of others whose instances it finds by the context. */
  private contextOf(
    bound: EnhancedMethod,
    handler: EnhancedCall,
    contextId?: ContextId,
    inquirerId?: string,
  ): EnhancedCall {
    const { instance, method, type, guards, interceptors, filters, params } = bound;
    const create = (...[callback, name, options]: [EnhancedCall, string, ExternalContextOptions]): EnhancedCall => {
      const [key, factory] = callback === handler ? [params?.metadataKey, params] : [];
      return this.contexts.create(instance, callback, name, key, factory, contextId, inquirerId, options, type);
    };
    const call = create(handler, method, { guards, interceptors, filters: false });
    if (filters === false) return call;
    return async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        if (filters !== true && !filters(...(args as never[]))) throw error;
        const rethrow = standIn(handler, (): never => {
          throw error;
        }) as EnhancedCall;
        // Under a name of its own: Nest keeps what it knows of parameters by the name of a method.
        const options = { guards: false, interceptors: false, filters: true };
        try {
          return await create(rethrow, `${method}:filters`, options)(...args);
        } catch (thrown) {
          if (thrown === error || !thrownIs(thrown, TypeError)) throw thrown;
          this.nameFailing(bound, handler, thrown);
          throw error;
        }
      }
    };
  }

  /** Says once for each method that a filter does not know its calls, as one that writes an HTTP answer. */
  private nameFailing({ instance, method, type }: EnhancedMethod, handler: object, thrown: unknown): void {
    if (this.named.has(handler)) return;
    this.named.add(handler);
    this.logger.warn(
      `An exception filter failed for ${instance.constructor.name}.${method} (${thrownText(thrown)}), so errors there are ` +
        `answered without it; let it rethrow the exception where host.getType() is "${type}"`,
    );
  }
}

function kindsOf({ guards, interceptors, filters, params }: EnhancedMethod): EnhancerKind[] {
  const wanted = { guards, interceptors, pipes: params !== undefined, filters: filters !== false };
  return (Object.keys(wanted) as EnhancerKind[]).filter((kind) => wanted[kind]);
}
