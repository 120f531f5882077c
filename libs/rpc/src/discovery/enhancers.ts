import type { ApplicationConfig, ExternalContextCreator } from '@nestjs/core';

const METADATA = {
  guards: '__guards__',
  interceptors: '__interceptors__',
  pipes: '__pipes__',
  filters: '__exceptionFilters__',
};

/** Which of Nest's enhancers apply to a method. */
interface AppliedEnhancers {
  readonly any: boolean;
  readonly filters: boolean;
}

/**
 * Looks at start which enhancers apply to a method: those of the application, its class and itself. A method without any
 * is called directly, which is several times faster. When the application's own cannot be known, all are assumed.
 */
export function appliedEnhancers(
  contexts: ExternalContextCreator,
  instance: object,
  method: (...args: never[]) => unknown,
): AppliedEnhancers {
  const config = applicationConfigOf(contexts);
  if (!config) return { any: true, filters: true };
  const marked = (key: string): boolean =>
    [instance.constructor, method].some(
      (target) => (Reflect.getMetadata(key, target) as unknown[] | undefined)?.length,
    );
  const filters =
    config.getGlobalFilters().length > 0 || config.getGlobalRequestFilters().length > 0 || marked(METADATA.filters);
  const globals = [
    config.getGlobalGuards(),
    config.getGlobalRequestGuards(),
    config.getGlobalInterceptors(),
    config.getGlobalRequestInterceptors(),
    config.getGlobalPipes(),
    config.getGlobalRequestPipes(),
  ].some(({ length }) => length > 0);
  return { any: filters || globals || Object.values(METADATA).some(marked), filters };
}

/** Gives a function the exception filters of a method. */
export function copyFilters(from: object, to: object): void {
  const filters: unknown = Reflect.getMetadata(METADATA.filters, from);
  if (filters !== undefined) Reflect.defineMetadata(METADATA.filters, filters, to);
}

/** The application's global enhancers; Nest injects them nowhere, so their holder is asked, and may not have them. */
function applicationConfigOf(contexts: ExternalContextCreator): ApplicationConfig | undefined {
  const { container } = contexts as unknown as { container?: { applicationConfig?: ApplicationConfig } };
  const config = container?.applicationConfig;
  return typeof config?.getGlobalGuards === 'function' ? config : undefined;
}
