import { Injectable, Scope } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { MillraceError } from '../errors/millrace.error.js';
import { ENHANCER_KINDS, type EnhancerKind, enhancerNameOf, scopeOf, type Wrapper } from './enhancer-kinds.js';
import { remedyFor } from './scoped-enhancers.js';

type Handler = (...args: unknown[]) => unknown;

/** A method with a mark, and what the mark says. */
export interface MarkedMethod<T> {
  readonly key: string;
  readonly handler: Handler;
  readonly metadata: T;
}

/** The class of a provider or controller, whether there is an instance of it yet or not. */
export class HandlerClass {
  constructor(
    // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class
    readonly type: Function,
    private readonly wrapper: Wrapper,
    private readonly scanner: MetadataScanner,
  ) {}

  get name(): string {
    return this.type.name;
  }

  /** The name it is provided by: of the class, unless it has a token of its own. */
  get providedAs(): string {
    return String(this.wrapper.name);
  }

  /** What a decorator of the class left. */
  marked<T>(key: string): T | undefined {
    return Reflect.getMetadata(key, this.type) as T | undefined;
  }

  /** Methods with a decorator, inherited ones as well. */
  *methods<T>(key: string): Iterable<MarkedMethod<T>> {
    const prototype = this.type.prototype as Record<string, Handler | undefined>;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      const metadata = handler && (Reflect.getMetadata(key, handler) as T | undefined);
      if (handler && metadata !== undefined) yield { key: name, handler, metadata };
    }
  }

  /** The instance as Nest has it: it was never constructed when the class is not a singleton. */
  get held(): object {
    return this.wrapper.instance as object;
  }

  /**
   * The instance that lives as long as the application.
   *
   * @param mark what makes the class or its method a handler, such as `@OnNotification`
   * @throws MillraceError when each request, or each class that injects it, has one of its own
   */
  instanceFor(mark: string): object {
    return this.instanceOr(`${this.name} has ${mark}, so it must not be request-scoped or transient`);
  }

  /** The same, with other words for the refusal; the reason follows them. */
  instanceOr(refusal: string): object {
    const reason = this.reasonAgainst();
    if (reason === undefined) return this.held;
    throw new MillraceError('INVALID_OPTIONS', `${refusal}: ${reason}`);
  }

  private reasonAgainst(): string | undefined {
    const { wrapper, name } = this;
    const scope = scopeOf(wrapper);
    if (scope === undefined) return undefined;
    const enhancer = wrapper.getEnhancersMetadata()?.find((one) => !one.isDependencyTreeStatic());
    if (enhancer) {
      const kind = kindOf(enhancer);
      const enhancerName = enhancerNameOf(enhancer);
      return `its ${ENHANCER_KINDS[kind].decorator}(${enhancerName}) is ${scopeOf(enhancer)}; ${remedyFor(kind, enhancerName)}`;
    }
    if (isOwn(wrapper)) return `it is ${scope}; give it the default scope`;
    return `it injects what is ${scope}; make that live as long as the application, or resolve it by ModuleRef in ${name}`;
  }
}

/** The classes of the application's providers and controllers, in which explorers look for theirs. */
@Injectable()
export class HandlerClasses implements Iterable<HandlerClass> {
  private readonly scanner = new MetadataScanner();

  constructor(private readonly modules: ModulesContainer) {}

  /** Each instance once, under whatever tokens. */
  *[Symbol.iterator](): Iterator<HandlerClass> {
    const discovery = new DiscoveryService(this.modules);
    const seen = new Set<unknown>();
    for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()] as Wrapper[]) {
      const instance: unknown = wrapper.instance;
      const key = instance ?? wrapper;
      const type = wrapper.isAlias ? undefined : classOf(wrapper);
      if (!type || seen.has(key)) continue;
      seen.add(key);
      yield new HandlerClass(type, wrapper, this.scanner);
    }
  }
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class
function classOf({ metatype, isNotMetatype, instance, token }: Wrapper): Function | undefined {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class
  const usable = (type: unknown): Function | undefined =>
    typeof type === 'function' && type.prototype ? type : undefined;
  if (metatype && !isNotMetatype) return usable(metatype);
  // Of a factory that has not run, the token may say what it makes.
  if (instance === undefined || instance === null) return usable(token);
  if (typeof instance !== 'object') return undefined;
  return usable((Object.getPrototypeOf(instance) as object | null)?.constructor);
}

/** Whether the scope of a provider is its own, not that of what it injects. */
function isOwn(wrapper: Wrapper): boolean {
  return wrapper.isTransient || wrapper.scope === Scope.REQUEST;
}

function kindOf({ subtype }: Wrapper): EnhancerKind {
  return `${subtype ?? 'guard'}s` as EnhancerKind;
}
