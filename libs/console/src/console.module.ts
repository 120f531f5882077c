import { type DynamicModule, Module } from '@nestjs/common';
import { HostRoutes } from '@millrace/core/http';
import { ImportedOnce, ImportOnce, MillraceCoreModule } from '@millrace/core/module';
import { MillraceStatisticsModule } from '@millrace/core/statistics';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, type OPTIONS_TYPE } from './console.module-definition.js';
import { CONSOLE_OPTIONS, CONSOLE_SETTINGS } from './console.options.js';
import { ConsoleFeatures } from './features/console-features.js';
import { PageFiles } from './http/page-files.js';
import { SlashAtEnd } from './http/slash-at-end.js';
import { SwaggerFiles } from './http/swagger-files.js';

/**
 * A console in the browser for the application that imports it: it shows the pages of those Millrace modules that the
 * application has, to each user what the scopes of the user allow.
 *
 * @example
 * ```ts
 * @Module({ imports: [StreamStoreModule.forRoot({ … }), ConsoleModule.forRoot()] })
 * class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce()
@Module({
  imports: [MillraceCoreModule, MillraceStatisticsModule],
  providers: [
    {
      provide: CONSOLE_SETTINGS,
      useFactory: CONSOLE_OPTIONS.read,
      inject: [MODULE_OPTIONS_TOKEN, ImportedOnce],
    },
    ConsoleFeatures,
    PageFiles,
    SlashAtEnd,
    SwaggerFiles,
  ],
})
export class ConsoleModule extends ConfigurableModuleClass {
  constructor(routes: HostRoutes) {
    super();
    routes.serve(ConsoleModule, { remedy: 'give ConsoleModule another path by its option path' });
  }

  /** @param options all optional: `forRoot()` serves the console at `/console` */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}
