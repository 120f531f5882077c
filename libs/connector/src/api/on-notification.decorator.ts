import { CONTEXT, handlerMethod, PAYLOAD } from '../binding/bind-handler.js';
import type { SourceSelector } from './source-handler.decorator.js';

export const NOTIFICATION_HANDLER = 'millrace:notification-handler';

/**
 * The method gets `(object, notification)` for each notification of the sources, one after the other and in order; it is
 * acknowledged when the method has ended. One that throws refuses it; a temporary `MillraceError` (429, 503, 504) makes
 * the connector send it again later.
 *
 * @example
 * ```ts
 * @OnNotification('thermostat') store(reading: Reading, notification: SourceNotification): Promise<void> {}
 * ```
 */
export function OnNotification(selector: SourceSelector): MethodDecorator {
  return handlerMethod(NOTIFICATION_HANDLER, selector, PAYLOAD, CONTEXT);
}
