import { MillraceError } from '../errors/millrace.error.js';

/** The application has socket endpoints, but the adapter that serves them is not set. */
export class AdapterMissingError extends MillraceError {
  constructor(paths: readonly string[]) {
    super(
      'ADAPTER_MISSING',
      `No MillraceWsAdapter is set, so the sockets at ${paths.join(', ')} cannot be served. ` +
        'Add this line before app.listen(): app.useWebSocketAdapter(new MillraceWsAdapter(app)); ' +
        'or turn the sockets off with the option sockets: false of the module that brings them.',
    );
  }
}
