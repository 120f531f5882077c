import { ConfigurableModuleBuilder, Controller, type DynamicModule, type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { CONNECTIVITY_PATHS, type ConnectivityOptions } from './connectivity.options.js';
import { normalizePrefix } from './http/connectivity.paths.js';
import { EntriesController } from './http/entries.controller.js';
import { WatchController } from './http/watch.controller.js';
import { FrontPageController } from './http/front-page.controller.js';
import { RegistryController } from './http/registry.controller.js';
import { StatusController } from './http/status.controller.js';

/** What decides about routes and providers, and so has to be known before the options of `forRootAsync` are. */
export type ConnectivityExtras = {
  /** Put before every path, for example `'registry'`. The DUNE clients need the root. @default '' */
  prefix?: string;
  /** Serve the front page at `/`, which the Python client of DUNE asks for to see that the service is up. @default false */
  frontPage?: boolean;
  /** Make the providers known to every module of the application. @default false */
  isGlobal?: boolean;
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<ConnectivityOptions>()
  .setClassMethodName('forRoot')
  .setExtras<ConnectivityExtras>(
    { isGlobal: false, prefix: '', frontPage: false },
    (definition, extras): DynamicModule => {
      const prefix = normalizePrefix(extras.prefix ?? '');
      return {
        ...definition,
        global: extras.isGlobal ?? false,
        controllers: controllersFor(prefix, extras.frontPage ?? false),
        providers: [...(definition.providers ?? []), { provide: CONNECTIVITY_PATHS, useValue: { prefix } }],
      };
    },
  )
  .build();

/**
 * The controllers below a prefix. They are classes of their own for each module, since Nest reads the prefix from the
 * class, and two applications in one process may differ in it.
 */
function controllersFor(prefix: string, withFrontPage: boolean): Type[] {
  const bases: Type[] = [RegistryController, StatusController, WatchController, EntriesController];
  if (withFrontPage) bases.push(FrontPageController);
  return bases.map((base) => {
    const controller = class extends (base as new (...args: unknown[]) => object) {};
    Object.defineProperty(controller, 'name', { value: base.name });
    Controller({ path: prefix === '' ? '/' : prefix, version: VERSION_NEUTRAL })(controller);
    return controller;
  });
}
