/** What an application may have for the console to show. */
export type FeatureName =
  'api' | 'login' | 'keys' | 'users' | 'streams' | 'registry' | 'sources' | 'methods' | 'statistics' | 'jobs';

/** Where a feature is. */
export interface FeaturePlace {
  /** What the paths of its module begin at, relative to the folder of the console; ends in a slash. */
  readonly root: string;
  /** Path of JSON-RPC below the root, for the methods alone. */
  readonly path?: string;
}

/** What the pages are told before anything else: `config.json` in the folder of the console. */
export interface ConsoleConfiguration {
  readonly title: string;
  /** What the application has; what is missing here has no pages. */
  readonly features: Partial<Readonly<Record<FeatureName, FeaturePlace>>>;
  /** The root of the host, relative to the folder of the console: what the paths of the documents begin at. */
  readonly host: string;
  /** Files of Swagger UI below `assets/`, where the host has installed `swagger-ui-dist`. */
  readonly swagger?: { readonly script: string; readonly style: string };
}
