import { createParser, ParseError } from 'eventsource-parser';
import { ProtocolError } from '../errors/connection.errors.js';

/** One server-sent event. */
export interface ServerEvent {
  /** @default 'message' */
  readonly event: string;
  /** The last id that was given; undefined when there was none. */
  readonly id: string | undefined;
  readonly data: string;
}

/** Characters of one event that is not yet complete; a server that sends more is not to fill the memory. */
const MAX_EVENT = 64 * 1024 * 1024;

/** Reads server-sent events (the `text/event-stream` of the HTML standard) as they come. @throws what the body throws */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent, void, undefined> {
  const decoder = new TextDecoder();
  let id: string | undefined;
  let complete: ServerEvent[] = [];
  let tooLarge = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT,
    onEvent: ({ event = 'message', data, id: given }) => {
      id = given ?? id;
      complete.push({ event, id, data });
    },
    // Unknown fields are left out, as the standard says.
    onError: ({ type }: ParseError) => (tooLarge ||= type === 'max-buffer-size-exceeded'),
  });
  let afterReturn = false;
  for await (const part of body) {
    let text = decoder.decode(part, { stream: true });
    if (text === '') continue;
    // The parser would wait for the second half of a line break; the end of this part may be all there is.
    if (afterReturn && text.startsWith('\n')) text = text.slice(1);
    afterReturn = text.endsWith('\r');
    parser.feed(afterReturn ? `${text}\n` : text);
    if (tooLarge) throw new ProtocolError(`An event is larger than ${MAX_EVENT} characters`);
    const events = complete;
    complete = [];
    yield* events;
  }
}
