import {
  APP_FILTER,
  APP_GUARD,
  APP_INTERCEPTOR,
  APP_PIPE,
  type ApplicationConfig,
  type DiscoveryService,
} from '@nestjs/core';

/** What Nest calls an injectable, a provider or a controller, with its scope and its instances. */
export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** The kinds of Nest's enhancers. */
export type EnhancerKind = 'guards' | 'interceptors' | 'pipes' | 'filters';

interface KindOf {
  /** Where Nest keeps those of a class or method. */
  readonly metadata: string;
  /** The token that makes one global. */
  readonly token: string;
  /** The decorator that gives one to a class or method. */
  readonly decorator: string;
  /** What each of them has to have. */
  readonly method: string;
  /** Global ones that live as long as the application. */
  readonly lasting: (config: ApplicationConfig) => readonly unknown[];
  /** Global ones of another scope. */
  readonly scoped: (config: ApplicationConfig) => readonly Wrapper[];
}

export const ENHANCER_KINDS: Readonly<Record<EnhancerKind, KindOf>> = {
  guards: {
    metadata: '__guards__',
    token: APP_GUARD,
    decorator: '@UseGuards',
    method: 'canActivate',
    lasting: (config) => config.getGlobalGuards(),
    scoped: (config) => config.getGlobalRequestGuards(),
  },
  interceptors: {
    metadata: '__interceptors__',
    token: APP_INTERCEPTOR,
    decorator: '@UseInterceptors',
    method: 'intercept',
    lasting: (config) => config.getGlobalInterceptors(),
    scoped: (config) => config.getGlobalRequestInterceptors(),
  },
  pipes: {
    metadata: '__pipes__',
    token: APP_PIPE,
    decorator: '@UsePipes',
    method: 'transform',
    lasting: (config) => config.getGlobalPipes(),
    scoped: (config) => config.getGlobalRequestPipes(),
  },
  filters: {
    metadata: '__exceptionFilters__',
    token: APP_FILTER,
    decorator: '@UseFilters',
    method: 'catch',
    lasting: (config) => config.getGlobalFilters(),
    scoped: (config) => config.getGlobalRequestFilters(),
  },
};

/** Those that a class or a method declares by a decorator, as classes or as instances. */
export function declared(kind: EnhancerKind, target: object): readonly unknown[] {
  return (Reflect.getMetadata(ENHANCER_KINDS[kind].metadata, target) as unknown[] | undefined) ?? [];
}

/** The name of a provider or enhancer for messages: of its class, or of what its alias stands for. */
export function enhancerNameOf({ inject, isAlias, metatype, name }: Wrapper): string {
  if (metatype && !inject) return metatype.name;
  const [original] = (inject ?? []) as unknown[];
  return isAlias && typeof original === 'function' ? original.name : String(name);
}

/** The scope of a provider in words; undefined when one instance lives as long as the application. */
export function scopeOf(wrapper: Wrapper): string | undefined {
  if (wrapper.isTransient) return 'transient';
  if (wrapper.isDependencyTreeStatic()) return undefined;
  return wrapper.isDependencyTreeDurable() ? 'durable' : 'request-scoped';
}
