import { MillraceError } from '@millrace/core/errors';
import { renderTemplate, type ErrorReport } from '../protocol/error-report.js';

/**
 * Thrown by a query handler to answer the query with an error (connector§5.3).
 *
 * @example
 * ```ts
 * throw new SourceQueryError('com.example.badQuery', 'Query {0} is not valid for {1}', ['q-17', 'mySource']);
 * ```
 * @publicApi
 */
export class SourceQueryError extends MillraceError implements ErrorReport {
  constructor(
    /** A short dotted name. */
    readonly messageCode: string,
    /** Text with zero-based `{n}` placeholders. */
    readonly messageTemplate: string,
    readonly parameters: readonly unknown[] = [],
  ) {
    super('INVALID', renderTemplate(messageTemplate, parameters));
  }
}
