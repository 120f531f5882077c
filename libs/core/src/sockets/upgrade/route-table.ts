import { match, type MatchFunction } from 'path-to-regexp';
import { MillraceError } from '../../errors/millrace.error.js';

type Params = Record<string, string>;

interface Route<T> {
  readonly path: string;
  readonly dynamic: boolean;
  readonly target: T;
  readonly matches: MatchFunction<Params>;
}

/** Finds the target of a path. A path without parameters beats one with; a slash at the end does not matter. */
export class RouteTable<T extends { readonly owner: string }> {
  private readonly routes: Route<T>[] = [];

  /** @throws MillraceError when the path is taken */
  add(path: string, target: T): void {
    const normal = normalize(path);
    const taken = this.routes.find((route) => shapeOf(route.path) === shapeOf(normal));
    if (taken) {
      throw new MillraceError(
        'INVALID_OPTIONS',
        `Two socket endpoints ask for the path ${normal}: ${taken.target.owner} and ${target.owner}. ` +
          'Give one of them another path; a module of Millrace has options for its paths or sockets.',
      );
    }
    const dynamic = /[:*{]/.test(normal);
    const route = { path: normal, dynamic, target, matches: match<Params>(normal, { decode: decodeURIComponent }) };
    const at = dynamic ? this.routes.length : this.routes.findIndex((other) => other.dynamic);
    this.routes.splice(at < 0 ? this.routes.length : at, 0, route);
  }

  remove(target: T): void {
    for (let index = this.routes.length - 1; index >= 0; index -= 1) {
      if (this.routes[index]?.target === target) this.routes.splice(index, 1);
    }
  }

  /** @throws URIError when the path holds a malformed escape */
  find(pathname: string): { target: T; params: Params; path: string } | undefined {
    for (const route of this.routes) {
      const found = route.matches(pathname);
      if (found) return { target: route.target, params: { ...found.params }, path: route.path };
    }
    return undefined;
  }
}

/** A path without the names of its parameters, by which two paths are not told apart. */
function shapeOf(path: string): string {
  return path.replace(/([:*])\w+/g, '$1');
}

/** A path with one slash at its beginning and none at its end. */
export function normalize(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
}
