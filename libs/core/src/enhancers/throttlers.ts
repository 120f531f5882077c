import type { ModulesContainer } from '@nestjs/core';

/** Where `@nestjs/throttler` has its options. */
const OPTIONS = 'THROTTLER:MODULE_OPTIONS';
/** What `@SkipThrottle` leaves on a method, followed by the name of a throttler. */
const SKIP = 'THROTTLER:SKIP';

type Throttlers = readonly { readonly name?: string }[];

/** The throttlers that the host has configured for its `ThrottlerGuard`, by their names. */
export function throttlerNames(modules: ModulesContainer): string[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const options = providers.get(OPTIONS)?.instance as Throttlers | { readonly throttlers: Throttlers } | undefined;
    const throttlers = options && 'throttlers' in options ? options.throttlers : (options ?? []);
    return throttlers.map(({ name = 'default' }) => name);
  });
}

/** Has throttlers leave a method alone, unless its decorators say otherwise. */
export function skipThrottlers(method: object, names: readonly string[]): void {
  for (const name of names) {
    if (!Reflect.hasMetadata(SKIP + name, method)) Reflect.defineMetadata(SKIP + name, true, method);
  }
}
