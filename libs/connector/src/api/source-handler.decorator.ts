import { Injectable, SetMetadata, applyDecorators } from '@nestjs/common';

export const SOURCE_HANDLER = 'millrace:source-handler';

/** Which sources a class serves: one name, several, or all that match a pattern. */
export type SourceSelector = string | readonly string[] | RegExp;

export interface SourceHandlerOptions {
  /** Name of the server, where an application has several. @default 'default' */
  server?: string;
}

/** What `@SourceHandler` notes on a class. */
export interface SourceHandlerMetadata {
  readonly selector: SourceSelector;
  readonly server: string;
}

/**
 * Makes a provider the handler of one or several sources; its methods carry `@OnConnect()`, `@OnPublish()`,
 * `@OnQuery()` and `@OnClose()`.
 *
 * @example
 * ```ts
 * @SourceHandler('thermostat')
 * export class Thermostat {
 *   @OnPublish() apply(target: SetPoint): void {}
 * }
 * ```
 * @publicApi
 */
export function SourceHandler(selector: SourceSelector, options: SourceHandlerOptions = {}): ClassDecorator {
  const metadata: SourceHandlerMetadata = { selector, server: options.server ?? 'default' };
  return applyDecorators(Injectable(), SetMetadata(SOURCE_HANDLER, metadata));
}

/** Whether a selector names a source. */
export function selects(selector: SourceSelector, source: string): boolean {
  if (typeof selector === 'string') return selector === source;
  // A pattern with the flag g keeps a position; `search` does not use it.
  return selector instanceof RegExp ? source.search(selector) >= 0 : selector.includes(source);
}
