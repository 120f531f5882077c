import { ProtocolError } from '../errors/protocol.error.js';

/** One server-sent event. */
export interface ServerEvent {
  /** @default 'message' */
  readonly event: string;
  /** The last id that was given; undefined when there was none. */
  readonly id: string | undefined;
  readonly data: string;
}

/** Text of one event that is not yet complete; more is no event but an attack on memory. */
const MAX_EVENT = 64 * 1024 * 1024;

/** Reads server-sent events (the `text/event-stream` of the HTML standard) as they come. @throws what the body throws */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent, void, undefined> {
  let event = '';
  let id: string | undefined;
  let data: string[] = [];
  let size = 0;
  for await (const line of readLines(body)) {
    if (line === '') {
      if (data.length > 0) yield { event: event || 'message', id, data: data.join('\n') };
      event = '';
      data = [];
      size = 0;
      continue;
    }
    size += line.length;
    if (size > MAX_EVENT) throw new ProtocolError(`An event is larger than ${MAX_EVENT} characters`);
    const [, name = line, value = ''] = /^([^:]*):? ?([\s\S]*)$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
  }
}

/** Lines that end in LF, CR or CRLF; an unfinished last one is dropped, as its event is not complete. */
async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let length = 0;
  let afterReturn = false;
  for await (const part of body) {
    let text = decoder.decode(part, { stream: true });
    if (text === '') continue;
    if (afterReturn && text.startsWith('\n')) text = text.slice(1);
    afterReturn = text.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    const last = lines.pop() ?? '';
    for (const [index, line] of lines.entries()) {
      // Parts of a line that came over several chunks are joined once.
      yield index === 0 && rest.length > 0 ? [...rest, line].join('') : line;
      if (index === 0) rest = [];
    }
    if (lines.length > 0) length = 0;
    length += last.length;
    if (length > MAX_EVENT) throw new ProtocolError(`A line is longer than ${MAX_EVENT} characters`);
    if (last !== '') rest.push(last);
  }
}
