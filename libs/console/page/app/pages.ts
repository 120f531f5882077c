import type { ComponentType } from 'preact';
import type { FeatureName } from './configuration.js';
import { has } from './servers.js';
import { mayWithSome } from './session.js';

/** One entry of the navigation. */
export interface Page {
  /** First part of its path. */
  readonly path: string;
  readonly name: string;
  /** What the server must have. */
  readonly feature?: FeatureName;
  /** What the user must be allowed to do with something: area and verb of a scope. */
  readonly scope?: readonly [area: string, verb: string];
  /** Loads the page; the first visit fetches its script. */
  readonly load: () => Promise<{ default: ComponentType }>;
}

const PAGES: readonly Page[] = [
  {
    path: 'overview',
    name: 'Overview',
    load: () => import('../pages/overview/overview.js'),
  },
  {
    path: 'streams',
    name: 'Streams',
    feature: 'streams',
    scope: ['streams', 'read'],
    load: () => import('../pages/streams/streams.js'),
  },
  {
    path: 'plot',
    name: 'Plot',
    feature: 'streams',
    scope: ['streams', 'read'],
    load: () => import('../pages/plot/plot.js'),
  },
  {
    path: 'pictures',
    name: 'Pictures',
    feature: 'streams',
    scope: ['streams', 'read'],
    load: () => import('../pages/pictures/pictures.js'),
  },
  {
    path: 'registry',
    name: 'Registry',
    feature: 'registry',
    scope: ['connectivity', 'read'],
    load: () => import('../pages/registry/registry.js'),
  },
  {
    path: 'sources',
    name: 'Sources',
    feature: 'sources',
    scope: ['sources', 'read'],
    load: () => import('../pages/sources/sources.js'),
  },
  {
    path: 'methods',
    name: 'Methods',
    feature: 'methods',
    scope: ['rpc', 'call'],
    load: () => import('../pages/methods/methods.js'),
  },
  {
    path: 'keys',
    name: 'Keys',
    feature: 'keys',
    scope: ['keys', 'admin'],
    load: () => import('../pages/keys/keys.js'),
  },
  {
    path: 'users',
    name: 'Users',
    feature: 'users',
    scope: ['users', 'admin'],
    load: () => import('../pages/users/users.js'),
  },
  { path: 'api', name: 'API', feature: 'api', load: () => import('../pages/api/api.js') },
];

/** The pages that this server has and that the user may open. */
export function pages(): Page[] {
  return PAGES.filter(
    ({ feature, scope }) => (!feature || has(feature)) && (!scope || mayWithSome(scope[0], scope[1])),
  );
}
