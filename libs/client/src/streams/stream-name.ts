import { streamNameFault } from '@millrace/protocol';
import { ConfigurationError } from '../errors/configuration.error.js';

/** The names of streams as part of a path. @throws ConfigurationError for names no stream can have */
export function pathOfStreams(names: readonly string[]): string {
  if (names.length === 0) throw new ConfigurationError('streams', 'name at least one stream');
  return names.map(encodeName).join('+');
}

function encodeName(name: string): string {
  const fault = streamNameFault(name);
  if (fault) throw new ConfigurationError('stream', `cannot be named ${JSON.stringify(name)}: ${fault}`);
  return encodeURIComponent(name);
}
