import { ProtocolError } from '../errors/protocol.error.js';

/** Reads JSON of the server's. @throws ProtocolError saying what was none */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ProtocolError(`${what} is not JSON`, { cause: error });
  }
}
