import { Controller, type Type } from '@nestjs/common';
import { WatchController } from './watch.controller.js';
import { FrontPageController } from './front-page.controller.js';
import { RegistryController } from './registry.controller.js';
import { StatusController } from './status.controller.js';

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
