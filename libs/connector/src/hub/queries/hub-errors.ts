import type { ErrorCode } from '@millrace/protocol';
import { HubQueryError } from '../../errors/hub-query.error.js';

/** Errors the hub itself gives to those who publish and query; codes, templates and parameters are stable. */
const make = (name: string, messageTemplate: string, code: ErrorCode) => {
  return (source: string, ...more: unknown[]): HubQueryError =>
    new HubQueryError({ messageCode: `millrace.hub.${name}`, messageTemplate, parameters: [source, ...more] }, code);
};

export const noConnector = make('noConnector', 'No connector serves the source {0} at the moment', 'UNAVAILABLE');
export const unknownSource = make('unknownSource', 'There is no source {0}', 'NOT_FOUND');
export const connectionLost = make('connectionLost', 'The connection of the source {0} was lost', 'UNAVAILABLE');
export const queryTimeout = make('queryTimeout', 'The source {0} did not answer within {1} ms', 'TIMED_OUT');
export const tooManyQueries = make(
  'tooManyQueries',
  'The source {0} has {1} open queries already',
  'TOO_MANY_REQUESTS',
);
export const messageTooLarge = make(
  'messageTooLarge',
  'The message for the source {0} has {1} bytes; {2} are allowed',
  'TOO_LARGE',
);
export const resultTooLarge = make(
  'resultTooLarge',
  'The result of the source {0} is above its limit of rows or bytes',
  'TOO_LARGE',
);
export const overloaded = make(
  'overloaded',
  'The connector of the source {0} is overloaded: it reads too slowly',
  'UNAVAILABLE',
);
export const queryAborted = make('aborted', 'The query of the source {0} was given up by its asker', 'CONFLICT');
