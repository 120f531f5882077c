import { thrownIs, thrownText } from '@millrace/protocol';
import { UnserializableError } from '../../errors/call.errors.js';

/**
 * Writes JSON and refuses what it cannot carry, so that nothing is sent altered (NaN would silently become null).
 *
 * @throws UnserializableError
 */
export function writeJson(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    // NaN and Infinity are written as null: only a text that holds one needs the slower look.
    if (text.includes('null')) JSON.stringify(value, refuseNonFinite);
    return text;
  } catch (error) {
    if (thrownIs(error, UnserializableError)) throw error;
    // Engines describe a cycle on several lines.
    const [reason = ''] = thrownText(error).split('\n', 1);
    throw new UnserializableError(`The params cannot be written as JSON: ${reason}`, { cause: error });
  }
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new UnserializableError(`The params cannot be written as JSON: "${key}" is ${value}`);
  return value;
}
