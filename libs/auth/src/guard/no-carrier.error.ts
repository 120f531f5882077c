import { MillraceError } from '@millrace/core/errors';

/** The guard met a call which carries nothing that says whose it is. Closed, with what can be done about it. */
export function noCarrier(type: string): MillraceError {
  const remedies: Readonly<Record<string, string>> = {
    // Every route is of this type: letting it through would open them all.
    http: 'mark the handler @Public()',
    ws: 'serve the gateway by MillraceWsAdapter (or socket.io), which keeps the handshake',
  };
  const remedy =
    remedies[type] ??
    `mark the handler @Public(), or let the context type through with AuthModule's option skipContexts: ['${type}']`;
  return new MillraceError('UNAUTHENTICATED', `A call of the type "${type}" says nothing of its caller: ${remedy}`);
}
