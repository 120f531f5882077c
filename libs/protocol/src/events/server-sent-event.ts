/** Content type of a stream of server-sent events. */
export const EVENT_STREAM = 'text/event-stream';

/** Fields of a server-sent event, written in the order they stand in. */
export interface ServerSentFields {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
}

/** Fields as text, a line for each line of a value. The event is not over: further fields, or an empty line, may follow. */
export function serverSentFields(fields: ServerSentFields): string {
  let text = '';
  for (const [name, value] of Object.entries(fields) as [string, string][]) {
    text += value.includes('\n') ? value.replace(/^/gm, `${name}: `) + '\n' : `${name}: ${value}\n`;
  }
  return text;
}

/** A whole event as text. */
export function serverSentEvent(fields: ServerSentFields): string {
  return `${serverSentFields(fields)}\n`;
}

/** A line that readers skip: it keeps proxies from closing a silent connection. */
export function serverSentComment(text: string): string {
  return `: ${text}\n\n`;
}
