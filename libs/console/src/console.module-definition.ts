import { ConfigurableModuleBuilder, Controller, type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { OptionsError } from '@millrace/core/options';
import type { ConsoleOptions } from './console.options.js';
import type { ConsolePart } from './console.part.js';
import { CONSOLE_PARTS, CONSOLE_PATH } from './console.tokens.js';
import { ConsoleController } from './http/console.controller.js';
import { DocumentsController } from './http/documents.controller.js';

/** What decides about routes, and so has to be known before the options of `forRootAsync` are. */
export type ConsoleExtras = {
  /** Where the console is, behind the global prefix of the host. @default '/console' */
  path?: string;
  /** The jobs of BullMQ, of `jobsBoard()` of `@millrace/console/jobs`. @default none */
  jobs?: ConsolePart | undefined;
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ConsoleOptions>()
    .setClassMethodName('forRoot')
    .setExtras<ConsoleExtras>({ path: '/console', jobs: undefined }, (definition, { path = '/console', jobs }) => {
      const checked = checkedPath(path);
      const parts = jobs ? [jobs] : [];
      // On Express the first route that fits is taken, and the files of the console have a name for each path below it.
      const controllers = [...parts.flatMap((part) => part.controllers), ConsoleController, DocumentsController];
      return {
        ...definition,
        controllers: controllers.map((controller) => at(checked, controller)),
        providers: [
          ...(definition.providers ?? []),
          ...parts.flatMap(({ providers }) => providers),
          { provide: CONSOLE_PATH, useValue: checked },
          { provide: CONSOLE_PARTS, useValue: parts },
        ],
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
