import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import type { Wrapper } from './enhancer-kinds.js';

type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** What holds an instance in the application. */
export interface Host {
  readonly wrapper: Wrapper;
  readonly module: NestModule;
  /** Makes classes with what the module has. */
  readonly moduleRef: ModuleRef;
}

/** Finds the provider or controller of an instance; one that Nest made from its class comes before others. */
export function findHost(modules: ModulesContainer, instance: object): Host | undefined {
  let found: Host | undefined;
  for (const module of modules.values()) {
    const wrappers = [...module.providers.values(), ...module.controllers.values()] as Wrapper[];
    for (const wrapper of wrappers) {
      if (wrapper.isAlias || wrapper.instance !== instance) continue;
      const moduleRef = module.providers.get(ModuleRef)?.instance as ModuleRef;
      if (!wrapper.isNotMetatype) return { wrapper, module, moduleRef };
      found ??= { wrapper, module, moduleRef };
    }
  }
  return found;
}
