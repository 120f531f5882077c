import { MillraceError } from '@millrace/core/errors';

/** A call carries nothing that says whose it is: the guard refuses it, and the error says what can be done. */
export function noCarrier(type: string): MillraceError {
  const remedies: Readonly<Record<string, string>> = {
    // Every route is of this type: letting it through would open them all.
    http: 'mark the handler @Public()',
    ws: 'serve the gateway by MillraceWsAdapter (or socket.io), which keeps the handshake',
  };
  const remedy =
    remedies[type] ??
    `mark the handler @Public(), or let the context type through with AuthModule's option skipContexts: ['${type}']`;
  return new MillraceError('UNAUTHENTICATED', `A call of the type "${type}" does not say who called: ${remedy}`);
}
