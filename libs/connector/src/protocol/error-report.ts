import { isObject, textAt } from './messages.js';

/** A connector's report of a failed query (connector§5.3). */
export interface ErrorReport {
  /** A short dotted name. */
  readonly messageCode: string;
  /** Text with zero-based `{n}` placeholders. */
  readonly messageTemplate: string;
  readonly parameters: readonly unknown[];
}

/** Replaces each `{n}` by the text of `parameters[n]`; a placeholder without a parameter stays. */
export function renderTemplate(template: string, parameters: readonly unknown[]): string {
  return template.replace(/\{(\d+)\}/g, (placeholder, index: string) => {
    const value = parameters[Number(index)];
    if (value === undefined) return placeholder;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/**
 * Reads the body of a failed query: an object from both SDKs, an array of objects by the protocol (connector§3.3).
 * What is missing is filled in, so that an asker always gets an error it can show.
 */
export function readErrorReport(body: unknown): ErrorReport {
  const report = firstOf(body);
  return {
    messageCode: textAt(report, 'messageCode') ?? textAt(report, 'code') ?? 'millrace.connector.unknownError',
    messageTemplate:
      textAt(report, 'messageTemplate') ??
      textAt(report, 'message') ??
      'The connector reported an error without a text',
    parameters: listOf(report['parameters'] ?? report['params']),
  };
}

/** Whether a value is a complete error report: code, template and a list of parameters. */
export function isErrorReport(value: unknown): value is ErrorReport {
  return (
    isObject(value) &&
    typeof value['messageCode'] === 'string' &&
    typeof value['messageTemplate'] === 'string' &&
    Array.isArray(value['parameters'])
  );
}

/** Reads the hub's report of a refusal, `body[0]` (connector§3.3); undefined when it lacks `code` or `message` (connector§4.2). */
export function readRefusal(body: unknown) {
  const report = firstOf(body);
  const code = textAt(report, 'code');
  const message = textAt(report, 'message');
  if (code === undefined || message === undefined) return undefined;
  return { code, message, params: listOf(report['params']) };
}

function firstOf(body: unknown): Record<string, unknown> {
  const report: unknown = Array.isArray(body) ? body[0] : body;
  return isObject(report) ? report : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
