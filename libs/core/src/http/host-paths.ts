import { Injectable, RequestMethod } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { pathToRegexp } from 'path-to-regexp';

type Excluded = NonNullable<ReturnType<ApplicationConfig['getGlobalPrefixOptions']>['exclude']>[number];

/** Whether a module of ours takes part in the global prefix of the host. */
export interface PathPlace {
  /** Stay at the root, whatever prefix the host has set. @default false */
  readonly ignoreGlobalPrefix?: boolean | undefined;
}

/**
 * Where paths are in the application of the host: behind its global prefix, unless the host or the module excludes them. What
 * Nest does for controllers holds by this for sockets, for routes that Nest does not know, and for bodies.
 */
@Injectable()
export class HostPaths {
  /** Exclusions that modules of ours have added for their controllers. They say nothing about the paths of others. */
  private readonly own = new Set<Excluded>();
  private compiled: { readonly prefix: string; readonly regexp: RegExp } | undefined;

  constructor(private readonly config: ApplicationConfig) {}

  /** The global prefix with one slash at its beginning and none at its end; empty when there is none. */
  get prefix(): string {
    const trimmed = this.config.getGlobalPrefix().replace(/^\/+|\/+$/g, '');
    return trimmed === '' ? '' : `/${trimmed}`;
  }

  /** Where a path is served. @param method that of a WebSocket handshake by default */
  at(path: string, { ignoreGlobalPrefix = false }: PathPlace = {}, method = RequestMethod.GET): string {
    const { prefix } = this;
    if (prefix === '' || ignoreGlobalPrefix || this.isExcluded(path, method)) return path;
    return path === '/' ? prefix : prefix + path;
  }

  /** The path of a request as its module knows it; undefined when no route of such a module is there. */
  within(path: string, { ignoreGlobalPrefix = false }: PathPlace, method: string): string | undefined {
    const { prefix } = this;
    if (prefix === '' || ignoreGlobalPrefix) return path;
    const length = this.lengthOfPrefix(prefix, path);
    if (length !== undefined) return path.slice(length) || '/';
    return this.isExcluded(path, RequestMethod[method as keyof typeof RequestMethod]) ? path : undefined;
  }

  /** Keeps the routes of one pattern out of the global prefix. */
  exclude(path: string, method: RequestMethod): void {
    const options = this.config.getGlobalPrefixOptions();
    const known = options.exclude ?? [];
    // Nest compares patterns with it, not requests: another route that only looks alike stays where it is.
    const pathRegex = new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/?$`);
    const excluded = { path, requestMethod: method, pathRegex } as Excluded;
    this.own.add(excluded);
    this.config.setGlobalPrefixOptions({ ...options, exclude: [...known, excluded] });
  }

  /** Whether the host keeps a path out of its prefix, or with `byOwn` a module of ours does. */
  isExcluded(path: string, method: RequestMethod | undefined, byOwn = false): boolean {
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    return exclude.some(
      (route) =>
        this.own.has(route) === byOwn &&
        (isAll(route.requestMethod) || route.requestMethod === method) &&
        route.pathRegex.test(path),
    );
  }

  private lengthOfPrefix(prefix: string, path: string): number | undefined {
    if (!/[:*{]/.test(prefix)) {
      return path === prefix || path.startsWith(`${prefix}/`) ? prefix.length : undefined;
    }
    if (this.compiled?.prefix !== prefix) {
      this.compiled = { prefix, regexp: pathToRegexp(prefix, { end: false }).regexp };
    }
    return this.compiled.regexp.exec(path)?.[0].length;
  }
}

/** Nest has two numbers for routes of every method. */
export function isAll(method: RequestMethod): boolean {
  return method === RequestMethod.ALL || (method as number) === -1;
}
