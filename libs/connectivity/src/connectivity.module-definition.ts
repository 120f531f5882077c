import { ConfigurableModuleBuilder, Controller, type DynamicModule, type Type } from '@nestjs/common';
import { CONNECTIVITY_PATHS, type ConnectivityOptions } from './connectivity.options.js';
import { type ConnectivityPaths, normalizePrefix } from './http/connectivity.paths.js';
import { WatchController } from './http/watch.controller.js';
import { FrontPageController } from './http/front-page.controller.js';
import { RegistryController } from './http/registry.controller.js';
import { StatusController } from './http/status.controller.js';

export type ConnectivityExtras = ConnectivityPaths & {
  /** Make the providers known to every module of the application. @default false */
  isGlobal?: boolean;
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<ConnectivityOptions>()
  .setClassMethodName('forRoot')
  .setExtras<ConnectivityExtras>(
    { isGlobal: false, prefix: '', frontPage: true },
    (definition, extras): DynamicModule => {
      const prefix = normalizePrefix(extras.prefix ?? '');
      return {
        ...definition,
        global: extras.isGlobal ?? false,
        controllers: controllersFor(prefix, extras.frontPage ?? true),
        providers: [...(definition.providers ?? []), { provide: CONNECTIVITY_PATHS, useValue: { prefix } }],
      };
    },
  )
  .build();

/**
 * The controllers below a prefix. They are classes of their own for each module, since Nest reads the prefix from the
 * class, and two applications in one process may differ in it.
 */
export function controllersFor(prefix: string, withFrontPage: boolean): Type[] {
  const bases: Type[] = [
    RegistryController,
    StatusController,
    WatchController,
    ...(withFrontPage ? [FrontPageController] : []),
  ];
  return bases.map((base) => {
    const controller = class extends (base as new (...args: unknown[]) => object) {};
    Object.defineProperty(controller, 'name', { value: base.name });
    Controller(prefix === '' ? '/' : prefix)(controller);
    return controller;
  });
}
