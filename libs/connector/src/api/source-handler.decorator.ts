import { Injectable, SetMetadata, applyDecorators } from '@nestjs/common';
import { DEFAULT_SERVER } from './connector.tokens.js';
import { CONTEXT, handlerMethod, PAYLOAD } from '../binding/bind-handler.js';

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
  const metadata: SourceHandlerMetadata = { selector, server: options.server ?? DEFAULT_SERVER };
  return applyDecorators(Injectable(), SetMetadata(SOURCE_HANDLER, metadata));
}

/** Whether a selector names a source. */
export function selects(selector: SourceSelector, source: string): boolean {
  if (typeof selector === 'string') return selector === source;
  // A pattern with the flag g keeps a position; `search` does not use it.
  return selector instanceof RegExp ? source.search(selector) >= 0 : selector.includes(source);
}

export const SOURCE_EVENT = 'millrace:source-event';

/** The four events of a source. */
export type SourceEvent = 'connect' | 'publish' | 'query' | 'close';

function on(event: SourceEvent, ...kinds: number[]): () => MethodDecorator {
  return () => handlerMethod(SOURCE_EVENT, event, ...kinds);
}

/** The method gets `(configuration, context)` after every configuration. Nothing else is handled before it has ended. */
export const OnConnect = on('connect', PAYLOAD, CONTEXT);

/** The method gets `(object, context)` for every publish, in order. */
export const OnPublish = on('publish', PAYLOAD, CONTEXT);

/**
 * The method gets `(parameters, responder)` for every query and answers by what it returns: an object, a list, nothing,
 * or as `async *` a sequence of partial responses; or by throwing `SourceQueryError`; or by the {@link QueryResponder}.
 */
export const OnQuery = on('query', PAYLOAD, CONTEXT);

/** The method gets `(context)` once for every connect that completed. */
export const OnClose = on('close', CONTEXT);
