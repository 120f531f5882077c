import { ForbiddenError, ServiceUnavailableError } from '@millrace/client/browser';
import { thrownText } from '@millrace/protocol';

/** What a failure is called before a user. */
export function textOf(error: unknown): string {
  if (error instanceof ServiceUnavailableError) return 'The server does not answer.';
  if (error instanceof ForbiddenError) return `You may not do this: ${error.message}`;
  return thrownText(error);
}
