import type { Type } from '@nestjs/common';
import {
  type ApplicationConfig,
  type ContextId,
  ContextIdFactory,
  ModuleRef,
  type ModulesContainer,
} from '@nestjs/core';
import { MillraceError } from '../errors/millrace.error.js';
import {
  declared,
  ENHANCER_KINDS,
  type EnhancerKind,
  enhancerNameOf,
  scopeOf,
  type Wrapper,
} from './enhancer-kinds.js';
import { findHost, type Host } from './host.js';

/** Where Nest keeps the pipes of parameters. */
const ROUTE_ARGS = '__routeArguments__';

type Class = Type<object>;

/** What is asked of the application. */
interface Application {
  readonly config: ApplicationConfig;
  readonly modules: ModulesContainer;
  readonly moduleRef: ModuleRef;
  /** Transient enhancers by the instance of the class before which they stand. */
  readonly kept: WeakMap<object, Map<Wrapper, Promise<unknown>>>;
}

/** One enhancer of which there is more than one instance. */
interface ScopedEnhancer {
  readonly kind: EnhancerKind;
  readonly wrapper: Wrapper;
  /** Where Nest looks for the instance of a call: a class has a wrapper in each module that uses it. */
  readonly places: readonly Wrapper[];
  /** Made once for the class it stands before, not for each call. */
  readonly isKept: boolean;
  make(contextId: ContextId): Promise<unknown>;
}

/**
 * The enhancers before one method that are made for a call, or for the class of the method. Nest leaves them out of
 * contexts that are made at start, or runs them without their constructor; here each has its instance before it is asked.
 */
export class ScopedEnhancers {
  private readonly found: readonly ScopedEnhancer[];
  /** Names the class of the method to Nest, which keeps instances of transient enhancers under it. */
  readonly inquirerId: string | undefined;

  /** @throws MillraceError when Nest would leave out an enhancer that the class or the method declares */
  constructor(
    private readonly application: Application,
    private readonly instance: object,
    private readonly method: string,
    kinds: readonly EnhancerKind[],
  ) {
    const host = findHost(application.modules, instance);
    this.inquirerId = host?.wrapper.id;
    this.found = kinds.flatMap((kind) => [...this.globals(kind), ...this.own(kind, host)]);
  }

  get isEmpty(): boolean {
    return this.found.length === 0;
  }

  /** Whether any has to be made for each call. */
  get perCall(): boolean {
    return this.found.some(({ isKept }) => !isKept);
  }

  /** Makes the instances for a call; Nest finds them by the result. */
  async enter(request: object | undefined): Promise<ContextId> {
    const contextId = ContextIdFactory.getByRequest(request as Record<string, unknown>);
    this.register(request, contextId);
    await Promise.all(
      this.found.map(async (enhancer) => {
        const made = await (enhancer.isKept ? this.keep(enhancer, contextId) : enhancer.make(contextId));
        assertMethod(enhancer, made);
        for (const place of enhancer.places) this.put(place, contextId, made);
      }),
    );
    return contextId;
  }

  /** What `REQUEST` is for the call; as before a controller, what a strategy for durable providers knows goes with it. */
  private register(request: object | undefined, contextId: ContextId): void {
    const { payload } = contextId;
    if (typeof payload === 'object' && payload && request && Object.isExtensible(request))
      Object.assign(request, payload);
    this.application.moduleRef.registerRequestByContextId(request, contextId);
  }

  private keep(enhancer: ScopedEnhancer, contextId: ContextId): Promise<unknown> {
    const { wrapper } = enhancer;
    const { kept } = this.application;
    const ofInstance = kept.get(this.instance) ?? new Map<Wrapper, Promise<unknown>>();
    kept.set(this.instance, ofInstance);
    const known = ofInstance.get(wrapper);
    if (known) return known;
    const made = enhancer.make(contextId);
    ofInstance.set(wrapper, made);
    // The next call tries again.
    made.catch(() => ofInstance.delete(wrapper));
    return made;
  }

  private put(wrapper: Wrapper, contextId: ContextId, instance: unknown): void {
    const value = { instance, isResolved: true, isConstructorCalled: true } as never;
    wrapper.setInstanceByContextId(contextId, value, this.inquirerId);
    if (!wrapper.isTransient) return;
    // Some versions of Nest look for transient ones in the context of their durable dependencies.
    const isTreeDurable = wrapper.isDependencyTreeDurable();
    const parent = contextId.getParent?.({ token: wrapper.token as string, isTreeDurable });
    if (parent) wrapper.setInstanceByContextId(parent, value, this.inquirerId);
  }

  private globals(kind: EnhancerKind): ScopedEnhancer[] {
    const { config, moduleRef } = this.application;
    return ENHANCER_KINDS[kind].scoped(config).map((wrapper) => ({
      kind,
      wrapper,
      places: [wrapper],
      isKept: wrapper.isTransient && wrapper.isDependencyTreeStatic(),
      make: (contextId) => moduleRef.resolve(wrapper.token as string, contextId, { strict: false }),
    }));
  }

  /** Those of the class, of the method and of its parameters. */
  private own(kind: EnhancerKind, host: Host | undefined): ScopedEnhancer[] {
    const { instance } = this;
    const type = instance.constructor;
    const handler = (instance as Record<string, object>)[this.method]!;
    const entries = [...declared(kind, type), ...declared(kind, handler)];
    if (kind === 'pipes') entries.push(...parameterPipes(type, this.method));
    const found: ScopedEnhancer[] = [];
    for (const entry of new Set(entries)) {
      // Instances stand for themselves.
      if (typeof entry !== 'function') continue;
      const wrapper = host?.module.injectables.get(entry as Class) as Wrapper | undefined;
      const title = `${type.name} has ${ENHANCER_KINDS[kind].decorator}(${entry.name})`;
      if (!host || !wrapper) {
        throw misused(
          `${title}, and Nest makes no ${entry.name} for it, because ${type.name} is not listed among the providers of a ` +
            `module as a class; list it there, or give an instance: ${ENHANCER_KINDS[kind].decorator}(new ${entry.name}())`,
        );
      }
      const scope = scopeOf(wrapper);
      if (scope === undefined) continue;
      if (!wrapper.isDependencyTreeStatic()) {
        throw misused(`${title}, which is ${scope}; ${remedyFor(kind, entry.name)}`);
      }
      const { modules } = this.application;
      const places = [...modules.values()].map(({ injectables }) => injectables.get(entry as Class));
      found.push({
        kind,
        wrapper,
        places: places.filter((place) => place !== undefined) as Wrapper[],
        isKept: true,
        make: () => host.moduleRef.create(wrapper.metatype as Class),
      });
    }
    return found;
  }
}

/** What to do about an enhancer of a class or method that is made for each request. */
export function remedyFor(kind: EnhancerKind, name: string): string {
  return (
    `give ${name} the default scope (its ExecutionContext has what the request has), ` +
    `or provide it as ${ENHANCER_KINDS[kind].token} with its scope`
  );
}

/**
 * Refuses global enhancers that are registered for the life of the application and depend on what is made for a request:
 * Nest never constructs them. Newer versions of it refuse them as well.
 *
 * @throws MillraceError with the name of the enhancer
 */
export function assertGlobalsLast(modules: ModulesContainer): void {
  for (const { providers } of modules.values()) {
    for (const wrapper of providers.values() as Iterable<Wrapper>) {
      const { token } = wrapper;
      const kind = Object.values(ENHANCER_KINDS).find((of) => String(token).startsWith(`${of.token} (`));
      if (typeof token !== 'string' || !kind || wrapper.isDependencyTreeStatic()) continue;
      throw misused(
        `${enhancerNameOf(wrapper)} is provided as ${kind.token} with the default scope, and depends on what is request-scoped; ` +
          'add scope: Scope.REQUEST beside provide, or make what it depends on live as long as the application',
      );
    }
  }
}

/** What is bound, and what of it is declared for others too. */
interface Bound {
  readonly instance: object;
  readonly method: string;
  readonly sharesClass?: boolean;
}

/**
 * Refuses enhancers that would be passed over without a word.
 *
 * @throws MillraceError when a method, or its class, declares one of a kind without which the method is called
 */
export function assertAsked({ instance, method, sharesClass = false }: Bound, asked: readonly EnhancerKind[]): void {
  const type = instance.constructor;
  const handler = (instance as Record<string, object>)[method]!;
  for (const kind of Object.keys(ENHANCER_KINDS) as EnhancerKind[]) {
    if (asked.includes(kind)) continue;
    const ofMethod = [...declared(kind, handler), ...(kind === 'pipes' ? parameterPipes(type, method) : [])];
    const [enhancer] = [...(sharesClass ? [] : declared(kind, type)), ...ofMethod] as object[];
    if (!enhancer) continue;
    const name = typeof enhancer === 'function' ? enhancer.name : enhancer.constructor.name;
    throw misused(
      `${type.name}.${method} is called without ${kind}, so ${ENHANCER_KINDS[kind].decorator}(${name}) would never be asked; ` +
        'remove it from the class or method',
    );
  }
}

function parameterPipes(type: object, method: string): unknown[] {
  const params = (Reflect.getMetadata(ROUTE_ARGS, type, method) ?? {}) as Record<string, { pipes?: unknown[] }>;
  return Object.values(params).flatMap(({ pipes }) => pipes ?? []);
}

/** Nest passes over what is no enhancer. */
function assertMethod({ kind, wrapper }: ScopedEnhancer, enhancer: unknown): void {
  const { method, token } = ENHANCER_KINDS[kind];
  if (typeof (enhancer as Record<string, unknown> | undefined)?.[method] === 'function') return;
  throw misused(`${enhancerNameOf(wrapper)} is provided as ${token}, but what was made has no method "${method}"`);
}

function misused(message: string): MillraceError {
  return new MillraceError('INVALID_OPTIONS', message);
}
