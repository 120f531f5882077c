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
  /** What the user must be allowed to do with something: area and verb of a scope, or one of several verbs. */
  readonly scope?: readonly [area: string, ...verbs: string[]];
  /** Loads the page; the first visit fetches its script. */
  readonly load: () => Promise<ComponentType>;
}

const ofServices = () => import('../pages/of-services.js');
const ofStreams = () => import('../pages/of-streams.js');
const ofViews = () => import('../pages/of-views.js');

const PAGES: readonly Page[] = [
  {
    path: 'overview',
    name: 'Overview',
    load: async () => (await import('../pages/overview/overview.js')).default,
  },
  {
    path: 'streams',
    name: 'Streams',
    feature: 'streams',
    scope: ['streams', 'read', 'write'],
    load: async () => (await ofStreams()).Streams,
  },
  {
    path: 'plot',
    name: 'Plot',
    feature: 'streams',
    scope: ['streams', 'read'],
    load: async () => (await ofViews()).Plot,
  },
  {
    path: 'pictures',
    name: 'Pictures',
    feature: 'streams',
    scope: ['streams', 'read'],
    load: async () => (await ofViews()).Pictures,
  },
  {
    path: 'registry',
    name: 'Registry',
    feature: 'registry',
    scope: ['connectivity', 'read'],
    load: async () => (await ofServices()).Registry,
  },
  {
    path: 'sources',
    name: 'Sources',
    feature: 'sources',
    scope: ['sources', 'read'],
    load: async () => (await ofServices()).Sources,
  },
  {
    path: 'methods',
    name: 'Methods',
    feature: 'methods',
    scope: ['rpc', 'call'],
    load: async () => (await ofServices()).Methods,
  },
  {
    path: 'jobs',
    name: 'Jobs',
    feature: 'jobs',
    scope: ['jobs', 'admin'],
    load: async () => (await ofServices()).Jobs,
  },
  {
    path: 'keys',
    name: 'Keys',
    feature: 'keys',
    scope: ['keys', 'admin'],
    load: async () => (await ofServices()).Keys,
  },
  {
    path: 'users',
    name: 'Users',
    feature: 'users',
    scope: ['users', 'admin'],
    load: async () => (await ofServices()).Users,
  },
  { path: 'api', name: 'API', feature: 'api', load: async () => (await ofServices()).Api },
];

/** The pages that this server has and that the user may open. */
export function pages(): Page[] {
  return PAGES.filter(
    ({ feature, scope: [area, ...verbs] = [''] }) =>
      (!feature || has(feature)) && (area === '' || verbs.some((verb) => mayWithSome(area, verb))),
  );
}
