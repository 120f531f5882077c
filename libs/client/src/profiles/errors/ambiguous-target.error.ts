import { ClientError } from '../../errors/client.error.js';

/** An address and a profile were both given; nothing was looked at. */
export class AmbiguousTargetError extends ClientError {
  readonly code = 'AMBIGUOUS_TARGET';

  constructor() {
    super('An address and a profile were both given; give one of them');
  }
}
