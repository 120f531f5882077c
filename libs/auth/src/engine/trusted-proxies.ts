import proxyAddress from 'proxy-addr';
import type { TrustProxy } from '@millrace/core/security';
import { thrownText } from '@millrace/protocol';
import { optionError } from '../auth.options.js';

/**
 * Makes a check out of addresses, networks (`10.0.0.0/8`) and the names `loopback`, `linklocal` and `uniquelocal`.
 *
 * @throws OptionsError when one is none of these
 */
export function trustedProxies(addresses: readonly string[]): TrustProxy {
  try {
    const isTrusted = proxyAddress.compile([...addresses]);
    return (address) => isTrusted(address, 0);
  } catch (error) {
    throw optionError('apiKeys.trustProxy', `is not valid: ${thrownText(error)}`);
  }
}
