import { QUERY_ADDRESS_HEADER } from '../../protocol/constants.js';
import { textAt, type OperationMessage, type ParsedMessage } from '../../protocol/messages.js';
import type { LinkEvents } from './link.interface.js';

/** Hands on a message that comes after the configuration, by what it is; what makes no sense is ignored (connector§11). */
export function serveMessage(
  parsed: Exclude<ParsedMessage, { readonly kind: 'unreadable' }>,
  events: LinkEvents,
): void {
  if (parsed.kind === 'operation') serveOperation(parsed.message, events);
  else if (parsed.kind === 'response') events.status(parsed.message.status, parsed.message.body);
  else events.odd('A message with neither op nor status was ignored');
}

function serveOperation({ op, object, messageHeaders }: OperationMessage, events: LinkEvents): void {
  if (op === 'publish') events.publish(object);
  else if (op === 'query') {
    const address = textAt(messageHeaders, QUERY_ADDRESS_HEADER);
    if (address) events.query(object, address);
    else events.odd('A query without a reply address was ignored; it cannot be answered');
  } else if (op === 'reconnectRequired') events.reconnectRequired();
  else if (op === 'configureExtension') events.odd('A configuration that was not asked for was ignored');
  else events.odd('A message with an unknown op was ignored');
}
