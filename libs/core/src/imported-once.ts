import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MillraceError } from './errors/millrace.error.js';

type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** What tells imports of one module class apart that may stand beside each other. */
type ImportKeys = (module: NestModule) => Iterable<unknown>;

const IMPORT_RULE = 'millrace:import-once';

/** How imports of one class may differ, to stand beside each other. */
interface ImportRule {
  /** What must differ, such as the name of a server. */
  readonly keys: ImportKeys;
  /** What a host does about a second import of the same key, beside leaving it out. */
  readonly otherwise?: string;
}

/**
 * Marks a module class of which an application has one import: its connections, routes and counters exist once.
 *
 * @param rule for a class that may be imported several times, such as once for each server
 */
export function ImportOnce(rule: ImportRule = { keys: () => [''] }): ClassDecorator {
  return (target) => Reflect.defineMetadata(IMPORT_RULE, rule, target);
}

/**
 * Refuses the start of an application that imports a module twice: each import would have a store, routes and sockets of
 * its own. Modules inject it where they read their options, so that this comes before anything is opened.
 */
@Injectable()
export class ImportedOnce {
  /** @throws MillraceError with the importers when a module was imported twice */
  constructor(modules: ModulesContainer) {
    const imported = new Map<object, Map<unknown, NestModule>>();
    for (const module of modules.values()) {
      const rule = Reflect.getMetadata(IMPORT_RULE, module.metatype) as ImportRule | undefined;
      if (!rule) continue;
      const known = imported.get(module.metatype) ?? new Map<unknown, NestModule>();
      imported.set(module.metatype, known);
      for (const key of rule.keys(module)) {
        if (known.has(key)) throw importedTwice(module, key, rule, modules);
        known.set(key, module);
      }
    }
  }
}

function importedTwice(
  { metatype }: NestModule,
  key: unknown,
  { otherwise }: ImportRule,
  modules: ModulesContainer,
): MillraceError {
  const { name } = metatype;
  const what = typeof key === 'string' && key !== '' ? `${name} "${key}"` : name;
  const importers = [...modules.values()].flatMap((module) => importsOf(module, metatype));
  const by = importers.length > 0 ? ` (by ${[...new Set(importers)].join(' and ')})` : '';
  return new MillraceError(
    'INVALID_OPTIONS',
    `${what} is imported twice${by}: import it once, in the root module. Other modules get what it exports with ` +
      'isGlobal: true, or when they import a module that exports it again.' +
      (otherwise === undefined ? '' : ` ${otherwise}`),
  );
}

/** The name of a module, if it imports a class by its decorator, or if Nest knows of such an import that is not global. */
function importsOf(module: NestModule, metatype: NestModule['metatype']): string[] {
  const declared = (Reflect.getMetadata('imports', module.metatype) ?? []) as unknown[];
  const direct = declared.some((one) => one === metatype || (one as { module?: unknown } | null)?.module === metatype);
  const known = [...module.imports].some((one) => one.metatype === metatype && !one.isGlobal);
  return direct || known ? [module.name] : [];
}
