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
