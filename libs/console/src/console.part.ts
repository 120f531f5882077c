import type { Provider, Type } from '@nestjs/common';
import type { FeatureName } from './features/console-configuration.js';

/** What an entry point beside the root adds to the console, for example `jobsBoard()` of `@millrace/console/jobs`. */
export interface ConsolePart {
  /** What the pages know it by. */
  readonly feature: FeatureName;
  /** Where it is below the path of the console; without slashes around it. */
  readonly path: string;
  /** Classes of controllers, which get the path of the console before their own routes. */
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}
