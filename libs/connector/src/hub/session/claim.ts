import { SOURCES_RESOURCE } from '../../protocol/constants.js';
import { textAt, type OperationMessage } from '../../protocol/messages.js';

/** The longest name of a source. */
const MAX_NAME = 1024;

/** What a `connectExtension` message asks for. */
export interface Claim {
  readonly name: string;
  readonly secret: string | undefined;
  /** Whether it names the resource and a source of possible length. */
  readonly isWellFormed: boolean;
}

export function readClaim(message: OperationMessage): Claim {
  const name = textAt(message, 'resourceId') ?? '';
  return {
    name,
    secret: textAt(message.parameters, 'reconnectSecret'),
    isWellFormed: message.resourceName === SOURCES_RESOURCE && name !== '' && name.length <= MAX_NAME,
  };
}
