import { describeError } from '@millrace/core/errors';
import { thrownIs } from '@millrace/protocol';
import { ConnectorError } from '../../errors/connector.error.js';
import { SourceQueryError } from '../../errors/query.errors.js';
import type { ErrorReport } from '../../protocol/error-report.js';
import type { QueryResponder } from '../../api/query-responder.js';

/**
 * Turns what a query handler gave into responses (connector#15): a value is the last response, nothing is 204, each
 * value of an iterable is a partial response and its end a 204. Waits for room in the send buffer after each.
 */
export async function answerWith(responder: QueryResponder, result: unknown): Promise<void> {
  const isRows = isIterator(result);
  if (isRows) {
    for await (const row of result) {
      // Leaving the loop ends the generator too, so its `finally` runs.
      if (responder.signal.aborted || responder.isFinished) return;
      if (row !== undefined && row !== null) await responder.partial(row);
    }
  }
  if (responder.isFinished || responder.isDeferred) return;
  if (isRows || result === undefined || result === null) await responder.empty();
  else await responder.complete(result);
}

/** The report an asker gets for an error of a handler. It holds nothing of an unforeseen error. */
export function reportOf(error: unknown, source: string): ErrorReport {
  if (thrownIs(error, SourceQueryError)) return sentReport(error) ?? failedReport(source);
  const { foreseen, status, reason } = describeError(error);
  // An error of the connector's own (a result that cannot be written as JSON, a wrong code) is the handler's fault.
  if (foreseen && status < 500 && !thrownIs(error, ConnectorError)) {
    return report(`refused.${status}`, 'Source {0} refused the query: {1}', source, reason);
  }
  return failedReport(source);
}

function failedReport(source: string): ErrorReport {
  return report('queryFailed', 'The query handler of source {0} failed', source);
}

/** A handler's report as it goes over the wire; undefined for one that cannot be read or written as JSON. */
function sentReport(error: SourceQueryError): ErrorReport | undefined {
  try {
    const { messageCode, messageTemplate, parameters } = error;
    return JSON.parse(JSON.stringify({ messageCode, messageTemplate, parameters })) as ErrorReport;
  } catch {
    return undefined;
  }
}

/** The report an asker gets when the source has no query handler. */
export function noHandlerReport(source: string): ErrorReport {
  return report('noQueryHandler', 'Source {0} answers no queries', source);
}

/** The report an asker gets when too many queries wait already. */
export function busyReport(source: string): ErrorReport {
  return report('busy', 'Source {0} has too many queries to answer', source);
}

function report(name: string, messageTemplate: string, ...parameters: string[]): ErrorReport {
  return { messageCode: `millrace.connector.${name}`, messageTemplate, parameters };
}

/** A generator, sync or not; arrays and other collections are bodies, not sequences of responses. */
function isIterator(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (Symbol.asyncIterator in value) return true;
  return Symbol.iterator in value && typeof (value as { next?: unknown }).next === 'function';
}
