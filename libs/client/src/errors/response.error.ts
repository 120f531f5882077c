import { ClientError } from './client.error.js';

/** Stable codes of the statuses that tell a caller what to do. */
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'TOO_LARGE',
  422: 'INVALID',
  429: 'TOO_MANY_REQUESTS',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'TIMED_OUT',
};

/** What the server was asked, and what it answered. */
export interface RefusedRequest {
  /** Method and path, without the query: `GET /streams`. */
  readonly request: string;
  readonly status: number;
  /** The server's reason, as it gave it. */
  readonly detail: unknown;
}

/** The server answered a request, or a handshake, with an error status. */
export class ResponseError extends ClientError {
  readonly code: string;
  readonly request: string;
  readonly status: number;
  readonly detail: unknown;

  constructor({ request, status, detail }: RefusedRequest, options?: ErrorOptions) {
    super(`${request} was answered with ${status}${textOf(detail)}`, options);
    this.code = CODES[status] ?? (status >= 500 ? 'SERVER_ERROR' : 'REFUSED');
    this.request = request;
    this.status = status;
    this.detail = detail;
  }
}

/** 401: no credential, or one that does not hold: wrong, expired or revoked. */
export class UnauthenticatedError extends ResponseError {}

/** 403: the credential is good, and does not allow this; or an API key came over a plain connection. */
export class ForbiddenError extends ResponseError {}

/** 404: what was asked for does not exist, or the server does not have this part. */
export class NotFoundError extends ResponseError {}

/** The class for a status. */
export function responseError(refused: RefusedRequest, options?: ErrorOptions): ResponseError {
  if (refused.status === 401) return new UnauthenticatedError(refused, options);
  if (refused.status === 403) return new ForbiddenError(refused, options);
  if (refused.status === 404) return new NotFoundError(refused, options);
  return new ResponseError(refused, options);
}

function textOf(detail: unknown): string {
  if (detail === undefined || detail === '') return '';
  return `: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`.slice(0, 500);
}
