import { Inject, Injectable } from '@nestjs/common';
import { HostPaths, HostRoutes } from '@millrace/core/http';
import type { ConsolePart } from '../console.part.js';
import { CONSOLE_PARTS, CONSOLE_PATH } from '../console.tokens.js';
import { CONSOLE_SETTINGS, type ConsoleSettings } from '../console.options.js';
import { SwaggerFiles } from '../http/swagger-files.js';
import type { ConsoleConfiguration, FeatureName, FeaturePlace } from './console-configuration.js';

/** The route by which each feature is known: the path that its pages ask first. */
const KNOWN_BY: Readonly<
  Record<Exclude<FeatureName, 'api' | 'methods' | 'jobs'>, { readonly module: string; readonly pattern: string }>
> = {
  login: { module: 'AuthModule', pattern: '/token' },
  keys: { module: 'AuthModule', pattern: '/keys' },
  users: { module: 'AuthModule', pattern: '/users' },
  streams: { module: 'StreamStoreModule', pattern: '/streams' },
  registry: { module: 'ConnectivityModule', pattern: '/connections/partitions' },
  sources: { module: 'ConnectorHubModule', pattern: '/sources' },
  statistics: { module: 'StatisticsFeedModule', pattern: '/statistics' },
};

/** Finds what the application has for the console to show, by the routes that our modules serve. */
@Injectable()
export class ConsoleFeatures {
  constructor(
    private readonly routes: HostRoutes,
    private readonly paths: HostPaths,
    private readonly swaggerFiles: SwaggerFiles,
    @Inject(CONSOLE_PATH) private readonly path: string,
    @Inject(CONSOLE_PARTS) private readonly parts: readonly ConsolePart[],
    @Inject(CONSOLE_SETTINGS) private readonly settings: ConsoleSettings,
  ) {}

  /** What the pages are told before anything else. */
  configuration(): ConsoleConfiguration {
    const up = '../'.repeat(this.paths.at(this.path).split('/').length - 1);
    const features: Partial<Record<FeatureName, FeaturePlace>> = { api: { root: './' } };
    for (const name of Object.keys(KNOWN_BY) as (keyof typeof KNOWN_BY)[]) {
      const { module, pattern } = KNOWN_BY[name];
      // A registry may have a prefix of its own.
      const place = this.routes.places.find((one) => one.module === module && one.pattern.endsWith(pattern));
      if (place) features[name] = { root: up + folderOf(place.path, pattern) };
    }
    const methods = this.routes.places.find(({ module, method }) => module === 'RpcModule' && method === 'POST');
    if (methods) features.methods = { root: up + folderOf(methods.path, methods.pattern), path: methods.pattern };
    for (const { feature, path } of this.parts) features[feature] = { root: `./${path}/` };
    const swagger = this.swaggerFiles.names;
    return { title: this.settings.title, host: up, features, ...(swagger && { swagger }) };
  }
}

/** What stands before a pattern in the path where it is served, without a slash at its beginning: `api/`, or nothing. */
function folderOf(path: string, pattern: string): string {
  const before = path.slice(1, path.length - pattern.length);
  return before === '' ? '' : `${before}/`;
}
