import type { QueryResponder, SourceContext } from './query-responder.js';

/** The four handlers of a source (connector§7.4). Each may be absent, sync or async. */
export interface SourceHandlers {
  /** After every configuration; nothing else is handled before it has ended. */
  connect?: ((context: SourceContext, configuration: unknown) => unknown) | null;
  /** For every publish, one after the other, in the order of arrival. */
  publish?: ((context: SourceContext, object: unknown) => unknown) | null;
  /**
   * For every query, several at a time. Answers by returning (a value, nothing, a generator of partial responses), by
   * throwing `SourceQueryError`, or by the responder, which is its context.
   */
  query?: ((context: QueryResponder, object: unknown) => unknown) | null;
  /** Once for every connect that completed. */
  close?: ((context: SourceContext) => unknown) | null;
}
