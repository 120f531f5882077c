import { RequestMethod } from '@nestjs/common';
import type { HostPaths } from '../http/host-paths.js';
import type { OpenApiFragment } from './open-api-fragment.js';

type Named = Readonly<Record<string, unknown>>;

/** Says where paths are in an application. */
export type PathFinder = Pick<HostPaths, 'at'>;

/** A fragment with its paths where the application serves them. */
export function placeFragment(fragment: OpenApiFragment, finder: PathFinder): OpenApiFragment {
  const { components } = fragment;
  const at = (path: string, method?: RequestMethod): string => {
    const pattern = path.replace(/\{(\w+)\}/g, ':$1');
    return finder.at(pattern, fragment, method).replace(/:(\w+)/g, '{$1}');
  };
  const paths: Record<string, object> = {};
  for (const [path, item] of Object.entries(fragment.paths as Record<string, object>)) {
    const members = Object.entries(item);
    const shared = Object.fromEntries(members.filter(([name]) => methodOf(name) === undefined));
    const operations = members.filter(([name]) => methodOf(name) !== undefined);
    // A host can leave one method of a path out of its prefix.
    for (const [name, operation] of operations) {
      const place = at(path, methodOf(name));
      paths[place] = { ...shared, ...paths[place], [name]: operation as unknown };
    }
    if (operations.length === 0) paths[at(path)] = shared;
  }
  const securitySchemes = components?.securitySchemes;
  if (!securitySchemes) return { ...fragment, paths };
  const schemes = mapped(securitySchemes, (scheme) => placeLogin(scheme, at));
  return { ...fragment, paths, components: { ...components, securitySchemes: schemes } };
}

/** The path of a login, which a scheme names relative to the root of its module. */
function placeLogin(scheme: unknown, at: (path: string, method: RequestMethod) => string): unknown {
  const { flows } = scheme as { readonly flows?: Readonly<Record<string, { readonly tokenUrl?: string }>> };
  if (!flows) return scheme;
  const placed = mapped(flows, (flow) => {
    const { tokenUrl } = flow as { readonly tokenUrl?: string };
    const isPath = tokenUrl !== undefined && !/^(\w+:|\/)/.test(tokenUrl);
    if (!isPath) return flow;
    const place = at(`/${tokenUrl}`, RequestMethod.POST);
    // Where the module names it, it stays relative: a proxy may serve the application below a path.
    return place === `/${tokenUrl}` ? flow : { ...(flow as object), tokenUrl: place };
  });
  return { ...(scheme as object), flows: placed };
}

/** An object with the same names, and what becomes of each value. */
export function mapped(members: object, change: (value: unknown) => unknown): Named {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

/** The method of a member of a path; undefined for members that are none. */
export function methodOf(name: string): RequestMethod | undefined {
  const method: unknown = RequestMethod[name.toUpperCase() as keyof typeof RequestMethod];
  return typeof method === 'number' ? method : undefined;
}
