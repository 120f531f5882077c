import { MillraceError } from '@millrace/core/errors';
import type { ErrorCode } from '@millrace/protocol';
import { renderTemplate, type ErrorReport } from '../protocol/error-report.js';

/**
 * A query or publish through the hub failed: the connector reported an error, none serves the source, or a limit or
 * deadline was met. `message` is the rendered text.
 *
 * @publicApi
 */
export class HubQueryError extends MillraceError implements ErrorReport {
  readonly messageCode: string;
  readonly messageTemplate: string;
  readonly parameters: readonly unknown[];

  constructor(
    report: ErrorReport,
    code: ErrorCode = 'PEER_FAILED',
    /** The status the connector answered with, where it answered. */
    readonly answerStatus?: number,
  ) {
    const { messageCode, messageTemplate, parameters } = report;
    const message = renderTemplate(messageTemplate, parameters);
    super(code, message, { detail: { message, messageCode, messageTemplate, parameters } });
    this.messageCode = messageCode;
    this.messageTemplate = messageTemplate;
    this.parameters = parameters;
  }
}

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
