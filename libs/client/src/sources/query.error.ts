import { ClientError } from '../errors/client.error.js';

/** A query failed after rows had come. */
export class QueryError extends ClientError {
  readonly code = 'QUERY_FAILED';

  constructor(
    readonly source: string,
    /** The reason, as the connector or the hub gave it. */
    readonly detail: unknown,
  ) {
    super(
      `The query of the source "${source}" failed: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`,
    );
  }
}
