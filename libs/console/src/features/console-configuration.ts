/** What an application may have for the console to show. */
export type FeatureName = 'login' | 'keys' | 'users' | 'streams' | 'registry' | 'sources' | 'methods' | 'statistics';

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
}
