import type { ErrorCode } from '@millrace/protocol';
import { HubQueryError } from '../../errors/query.errors.js';

/** Errors the hub itself gives to those who publish and query; names, templates and parameters are stable. */
const HUB_ERRORS = {
  noConnector: ['UNAVAILABLE', 'No connector serves the source {0} at the moment'],
  unknownSource: ['NOT_FOUND', 'There is no source {0}'],
  connectionLost: ['UNAVAILABLE', 'The connection of the source {0} was lost'],
  queryTimeout: ['TIMED_OUT', 'The source {0} did not answer within {1} ms'],
  tooManyQueries: ['TOO_MANY_REQUESTS', 'The source {0} has {1} open queries already'],
  messageTooLarge: ['TOO_LARGE', 'The message for the source {0} has {1} bytes; {2} are allowed'],
  resultTooLarge: ['TOO_LARGE', 'The result of the source {0} is above its limit of rows or bytes'],
  overloaded: ['UNAVAILABLE', 'The connector of the source {0} is overloaded: it reads too slowly'],
  aborted: ['CONFLICT', 'The query of the source {0} was given up by its asker'],
} as const satisfies Readonly<Record<string, readonly [ErrorCode, string]>>;

/** @param parameters the name of the source, then what else the template shows */
export function hubError(name: keyof typeof HUB_ERRORS, ...parameters: [source: string, ...unknown[]]): HubQueryError {
  const [code, messageTemplate] = HUB_ERRORS[name];
  return new HubQueryError({ messageCode: `millrace.hub.${name}`, messageTemplate, parameters }, code);
}
