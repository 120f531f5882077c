import { SetMetadata } from '@nestjs/common';
import { declareArguments, type HandlerArguments } from '../binding/handler-arguments.js';

export const SOURCE_EVENT = 'millrace:source-event';

/** The four events of a source. */
export const SOURCE_EVENTS = ['connect', 'publish', 'query', 'close'] as const;
export type SourceEvent = (typeof SOURCE_EVENTS)[number];

function on(event: SourceEvent, ...kinds: HandlerArguments): () => MethodDecorator {
  return () => (target, name, descriptor) => {
    declareArguments(target, name, kinds);
    return SetMetadata(SOURCE_EVENT, event)(target, name, descriptor);
  };
}

/** The method gets `(configuration, context)` after every configuration. Nothing else is handled before it has ended. */
export const OnConnect = on('connect', 'payload', 'context');

/** The method gets `(object, context)` for every publish, in order. */
export const OnPublish = on('publish', 'payload', 'context');

/**
 * The method gets `(parameters, responder)` for every query and answers by what it returns: an object, a list, nothing,
 * or as `async *` a sequence of partial responses; or by throwing `SourceQueryError`; or by the {@link QueryResponder}.
 */
export const OnQuery = on('query', 'payload', 'context');

/** The method gets `(context)` once for every connect that completed. */
export const OnClose = on('close', 'context');
