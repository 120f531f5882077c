import { ERROR_TABLE, isNestedDeeper } from '@millrace/protocol';
import { ProtocolError, ServiceUnavailableError } from '../errors/connection.errors.js';
import { responseError, ResponseError } from '../errors/response.error.js';

/** Statuses that may be better next time, or elsewhere. */
const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether trying again can help: nobody was there, the exchange was cut, or the server said so. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return true;
  if (error instanceof ResponseError) return TEMPORARY.has(error.status);
  // A cut handshake: a server that restarts does that.
  return error instanceof ProtocolError && (error.status === undefined || TEMPORARY.has(error.status));
}

/** Whether a server has refused a handshake because it is about to end; another one may be there already. */
export function isGoingAway(error: unknown): boolean {
  const { status, detail } =
    error instanceof ProtocolError
      ? { status: error.status, detail: detailOf(error.body ?? '') }
      : ((error instanceof ResponseError ? error : {}) as { status?: number; detail?: unknown });
  return status === ERROR_TABLE.GOING_AWAY.status && detail === ERROR_TABLE.GOING_AWAY.meaning;
}

/** Whether the request cannot have been acted on, so that another server may be asked without doing it twice. */
export function neverArrived(error: unknown): boolean {
  return error instanceof ServiceUnavailableError;
}

/** A refused handshake is an answer with a status like any other. */
export function refusedHandshake(error: unknown, url: string): unknown {
  if (!(error instanceof ProtocolError) || error.status === undefined) return error;
  const refused = { request: `GET ${new URL(url).pathname}`, status: error.status, detail: detailOf(error.body ?? '') };
  return responseError(refused, { cause: error });
}

/** The reason in a body of `{"detail": …}`, or the text itself when it is short. */
export function detailOf(text: string): unknown {
  // It goes into the message of an error, for which it must be written again.
  if (isNestedDeeper(text)) return '';
  try {
    const body: unknown = JSON.parse(text);
    const { detail } = (body ?? {}) as { detail?: unknown };
    return detail ?? body;
  } catch {
    // Not JSON: a proxy's page helps nobody, one line may.
    return text.length <= 200 && !text.includes('<') ? text.trim() : '';
  }
}

/** One error for a round in which no endpoint answered. */
export function allFailed(failures: readonly Error[], labels: readonly string[]): Error {
  const [only] = failures;
  if (only && failures.length === 1) return only;
  // A server that spoke says more than one that did not.
  const spoke = failures.find((failure) => failure instanceof ResponseError);
  if (spoke) return spoke;
  const each = failures.map(({ message }, index) => `${labels[index] ?? ''}: ${message}`);
  return new ServiceUnavailableError(`None of the ${failures.length} endpoints can be reached (${each.join('; ')})`, {
    cause: new AggregateError(failures),
  });
}
