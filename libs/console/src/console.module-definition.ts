import { ConfigurableModuleBuilder, Controller, type DynamicModule, type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { OptionsError } from '@millrace/core/options';
import type { ConsoleOptions } from './console.options.js';
import { CONSOLE_PATH } from './console.tokens.js';
import { ConsoleController } from './http/console.controller.js';
import { DocumentsController } from './http/documents.controller.js';

/** What decides about routes, and so has to be known before the options of `forRootAsync` are. */
export type ConsoleExtras = {
  /** Where the console is, behind the global prefix of the host. @default '/console' */
  path?: string;
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ConsoleOptions>()
    .setClassMethodName('forRoot')
    .setExtras<ConsoleExtras>({ path: '/console' }, (definition, { path = '/console' }): DynamicModule => {
      const checked = checkedPath(path);
      return {
        ...definition,
        controllers: [at(checked, ConsoleController), at(checked, DocumentsController)],
        providers: [...(definition.providers ?? []), { provide: CONSOLE_PATH, useValue: checked }],
      };
    })
    .build();

/** @throws OptionsError where the path is not one that both frameworks take as it is */
function checkedPath(path: unknown): string {
  const trimmed = typeof path === 'string' ? path.replace(/^\/+|\/+$/g, '') : '';
  const names = trimmed.split('/');
  if (names.every((name) => /^[\w.~-]+$/.test(name) && !/^\.\.?$/.test(name))) return `/${trimmed}`;
  throw new OptionsError(
    'ConsoleModule',
    'path',
    `must be a path of letters, digits, ".", "_", "~" and "-", such as "/console", not ${JSON.stringify(path)}`,
  );
}

/** A class of its own for each module: Nest reads the path from the class, and two applications may differ in it. */
function at(path: string, base: Type): Type {
  const controller = class extends (base as new (...args: unknown[]) => object) {};
  Object.defineProperty(controller, 'name', { value: base.name });
  Controller({ path, version: VERSION_NEUTRAL })(controller);
  return controller;
}
