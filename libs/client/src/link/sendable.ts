import { ConfigurationError } from '../errors/configuration.error.js';

/**
 * Checks that a credential can stand in a header, before anything is dialled: a line break at the end of a file, a letter
 * that was pasted with it.
 *
 * @param origin where it is from; the credential itself is never named
 * @throws ConfigurationError
 */
export function assertSendable(origin: string, credential: string | undefined): void {
  if (credential !== undefined && !/^[\x21-\x7e]*$/.test(credential))
    throw new ConfigurationError(origin, 'has a space, a line break or another character that no token or key has');
}
