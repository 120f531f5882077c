/** What to do about the close code 1009. */
const TOO_LARGE = '; a message was above its limit: lower outbox.maxNotificationBytes or maxResponseBytes';

/** A text for a socket error; system errors of several addresses come without a message of their own. */
export function socketErrorText(error: Error, maxPayload: number): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return `A message of the server is above the limit of ${maxPayload} bytes; raise maxPayload if it is meant to come`;
  }
  return error.message || code || 'The connection failed';
}

/** A text for a close by the server. */
export function serverClosedText(code: number, reason: string): string {
  return `The server closed the connection (${code}${reason ? `: ${reason}` : ''})${code === 1009 ? TOO_LARGE : ''}`;
}
