import { type HttpServer, Injectable, RequestMethod, type Type, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { MillraceError } from '../errors/millrace.error.js';
import { HostPaths, isAll, type PathPlace } from './host-paths.js';
import { isFastify } from './early-middleware.js';

type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;
type Version = ReturnType<typeof versionOf>;

/** A route that Nest does not know: the module gives it to the HTTP framework itself. */
export interface MountedRoute {
  readonly path: string;
  readonly method: 'GET' | 'POST';
}

/** What a module of ours serves by HTTP: its controllers, and what it mounts beside them. */
export interface ServedRoutes extends PathPlace {
  readonly mounts?: readonly MountedRoute[];
  /** What a host can do that wants one of these paths itself, as an imperative: `set rest: false`. */
  readonly remedy: string;
}

/** Where a route of a module of ours is. */
export interface RoutePlace {
  /** Name of the module's class, for example `StreamStoreModule`. */
  readonly module: string;
  readonly method: string;
  /** As the module names it, for example `/streams/:id`. */
  readonly pattern: string;
  /** As the application serves it: with the global prefix of the host. */
  readonly path: string;
}

/** One route of one method. */
interface Route {
  readonly method: RequestMethod;
  /** Without the global prefix. */
  readonly pattern: string;
  /** With it, and with the version where that is part of it. */
  readonly path: string;
  readonly version: Version;
  readonly owner: string;
  readonly module: NestModule | undefined;
  /** Whether it loses the global prefix because a route of ours of the same path does. */
  readonly isDragged: boolean;
}

/**
 * The routes of our modules among those of the host. Nest and the frameworks say little where two routes are the same: on Express
 * the first is served and the other never, Fastify stops with an error of its own. Here the start is refused with both owners.
 */
@Injectable()
export class HostRoutes {
  private readonly served = new Map<Type, ServedRoutes>();
  private readonly scanner = new MetadataScanner();
  private ours: readonly RoutePlace[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    private readonly paths: HostPaths,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Says what a module serves; call it in a constructor. */
  serve(module: Type, routes: ServedRoutes): void {
    this.served.set(module, routes);
  }

  /** The routes of our modules; known once Nest has begun to register routes. */
  get places(): readonly RoutePlace[] {
    return this.ours;
  }

  /**
   * Puts the routes where they belong, before Nest registers any.
   *
   * @throws MillraceError when a route of ours and another are the same
   */
  settle(): void {
    const modules = [...this.modules.values()];
    if (this.paths.prefix !== '') {
      for (const module of modules) {
        if (!this.served.get(module.metatype)?.ignoreGlobalPrefix) continue;
        for (const { pattern, method } of this.routesOf(module)) this.paths.exclude(pattern, method);
      }
    }
    const all = modules.flatMap((module) => this.routesOf(module));
    this.ours = [...this.served].flatMap(([metatype, routes]) => {
      const module = modules.find((one) => one.metatype === metatype);
      const ours = [...all.filter((route) => route.module === module), ...this.mountsOf(metatype, routes, module)];
      for (const route of ours) this.assertFree(route, all, routes.remedy);
      // So that two modules of ours do not meet either.
      all.push(...ours.filter((route) => !all.includes(route)));
      return ours.map(({ method, pattern, path }) => ({
        module: metatype.name,
        method: RequestMethod[method],
        pattern,
        path,
      }));
    });
  }

  /**
   * Whether a module of ours serves a route.
   *
   * @param pattern without the global prefix, as `/streams/:id`
   */
  serves(module: Type, pattern: string, method: RequestMethod): boolean {
    const shape = withoutNames(pattern);
    const { mounts = [] } = this.served.get(module) ?? {};
    if (mounts.some((mount) => mount.path === pattern && RequestMethod[mount.method] === method)) return true;
    const routes = [...this.modules.values()]
      .filter(({ metatype }) => metatype === module)
      .flatMap((one) => this.routesOf(one));
    // The host may have put the module behind a path.
    return routes.some(
      (route) => (isAll(route.method) || route.method === method) && withoutNames(route.pattern).endsWith(shape),
    );
  }

  private assertFree(route: Route, all: readonly Route[], remedy: string): void {
    const { httpAdapter } = this.host;
    const same = all.find((other) => other.module !== route.module && this.meet(route, other));
    const other = same?.owner ?? takenBy(httpAdapter, route);
    if (other === undefined) return;
    throw new MillraceError(
      'INVALID_OPTIONS',
      `Two routes ask for ${RequestMethod[route.method]} ${route.path}: ${route.owner} and ${other}. ` +
        `Give yours another path, or ${remedy}.` +
        (same?.isDragged ? ' Nest takes routes of one path out of the global prefix together.' : ''),
    );
  }

  private meet(left: Route, right: Route): boolean {
    if (!isAll(left.method) && !isAll(right.method) && left.method !== right.method) return false;
    return this.shapeOf(left.path) === this.shapeOf(right.path) && shareVersion(left.version, right.version);
  }

  /** A path as the framework tells it from others. */
  private shapeOf(path: string): string {
    const shape = withoutNames(path.replace(/\/+$/, ''));
    return isFastify(this.host.httpAdapter) ? shape : shape.toLowerCase();
  }

  private routesOf(module: NestModule): Route[] {
    return [...module.controllers.values()].flatMap(({ metatype }) =>
      this.routesOfController(metatype as Type, module),
    );
  }

  private routesOfController(controller: Type, module: NestModule): Route[] {
    const base = Reflect.getMetadata('path', controller) as string | string[] | undefined;
    // A route for one host name leaves the others free; Fastify has no such routes.
    const isNarrow = Reflect.getMetadata('host', controller) !== undefined && !isFastify(this.host.httpAdapter);
    if (base === undefined || isNarrow) return [];
    const modulePath = this.pathOf(module);
    const prototype = controller.prototype as Record<string, object>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      const path = Reflect.getMetadata('path', handler) as string | string[] | undefined;
      const method = (Reflect.getMetadata('method', handler) ?? RequestMethod.GET) as RequestMethod;
      if (path === undefined) return [];
      const owner = `${controller.name} of ${module.name}`;
      const version = versionOf(handler) ?? versionOf(controller) ?? this.config.getVersioning()?.defaultVersion;
      return listOf(base).flatMap((first) =>
        listOf(path).flatMap((second) => {
          const pattern = joined(modulePath, first, second);
          const isKept = this.paths.isExcluded(pattern, method);
          const isDragged = !isKept && this.paths.isExcluded(pattern, method, true);
          const prefix = isKept || isDragged ? '' : this.paths.prefix;
          const route = { method, pattern, owner, module, isDragged };
          return this.versioned(prefix, pattern, version).map((one) => ({ ...route, ...one }));
        }),
      );
    });
  }

  private mountsOf(metatype: Type, { mounts = [], ...place }: ServedRoutes, module: NestModule | undefined): Route[] {
    return mounts.map(({ path: pattern, method: name }) => {
      const method = RequestMethod[name];
      const path = this.paths.at(pattern, place, method);
      return { method, pattern, path, version: undefined, owner: metatype.name, module, isDragged: false };
    });
  }

  /** The paths of a route: one for each version where that is a part of the path. */
  private versioned(prefix: string, pattern: string, version: Version): { path: string; version: Version }[] {
    const versioning = this.config.getVersioning();
    if (!versioning) return [{ path: joined(prefix, pattern), version: undefined }];
    if (versioning.type !== VersioningType.URI) return [{ path: joined(prefix, pattern), version }];
    const letter = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
    return listOf(version ?? VERSION_NEUTRAL).map((one) => {
      const segment = one === VERSION_NEUTRAL ? '' : `${letter}${String(one)}`;
      return { path: joined(prefix, segment, pattern), version: undefined };
    });
  }

  /** What `RouterModule` puts before the controllers of a module. */
  private pathOf({ metatype }: NestModule): string {
    const key = '__module_path__';
    const own: unknown = Reflect.getMetadata(key + this.modules.applicationId, metatype);
    return (own ?? Reflect.getMetadata(key, metatype) ?? '') as string;
  }
}

/** A path without the names of its parameters: both frameworks know parameters by their place. */
function withoutNames(path: string): string {
  return path.replace(/([:*])\w+/g, '$1');
}

function versionOf(target: object): string | typeof VERSION_NEUTRAL | (string | typeof VERSION_NEUTRAL)[] | undefined {
  return Reflect.getMetadata('__version__', target) as ReturnType<typeof versionOf>;
}

/** A request asks for one version, or for none; a route without any answers each. */
function shareVersion(left: Version, right: Version): boolean {
  if (left === undefined || right === undefined) return neutral(left) && neutral(right);
  return listOf(left).some((version) => listOf(right).includes(version));
}

function neutral(version: Version): boolean {
  return version === undefined || listOf(version).includes(VERSION_NEUTRAL);
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

/** One path of several parts, with one slash between them. */
function joined(...parts: string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter(Boolean);
  return `/${segments.join('/')}`;
}

interface ExpressLayer {
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
}

/** Names what the host has given to the framework itself; Nest does not know of it. */
function takenBy(adapter: HttpServer, { method, path }: Route): string | undefined {
  const methods = isAll(method) ? ['GET', 'POST'] : [RequestMethod[method]];
  const instance: unknown = adapter.getInstance();
  if (isFastify(adapter)) {
    const fastify = instance as { hasRoute(route: { method: string; url: string }): boolean };
    const taken = methods.some((one) => fastify.hasRoute({ method: one, url: path }));
    return taken ? 'a route that was given to Fastify itself' : undefined;
  }
  const { router: { stack: layers = [] } = {} } = instance as {
    readonly router?: { readonly stack?: readonly ExpressLayer[] };
  };
  const taken = layers.some(
    ({ route }) => route?.path === path && methods.some((one) => route.methods[one.toLowerCase()]),
  );
  return taken ? 'a route that was given to Express itself' : undefined;
}
