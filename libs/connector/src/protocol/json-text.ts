import { ConnectorError } from '../errors/connector.error.js';
import { reasonOf } from './messages.js';

/** A value as JSON; undefined for one that JSON has no text for. @throws ConnectorError when it cannot be written */
export function jsonText(what: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new ConnectorError(`The ${what} cannot be written as JSON: ${reasonOf(error)}`, 'INVALID', { cause: error });
  }
}
