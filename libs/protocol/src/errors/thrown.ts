/** Most characters of a text about something thrown: more neither fits a log nor a reply. */
const MAX_TEXT = 8192;
const MAX_REPORT = 32_768;
const MAX_NAME = 100;
/** Causes of causes, and errors within errors, that a report follows. */
const MAX_CAUSES = 8;
const MAX_ERRORS = 8;

const UNREADABLE = 'something was thrown that cannot be read';

/**
 * The text of anything thrown, in place of `error.message`: for an error its message. It never throws, whatever was
 * thrown: an object without a prototype, a revoked proxy, an error whose `message` is a getter that throws.
 */
export function thrownText(thrown: unknown): string {
  return guarded(() => bounded(textOf(thrown, 0), MAX_TEXT));
}

/** What a log says of anything thrown: its stack, and the stacks of its causes. It never throws. */
export function thrownReport(thrown: unknown): string {
  return guarded(() => {
    const seen = new Set<unknown>();
    const parts: string[] = [];
    for (let error = thrown; parts.length <= MAX_CAUSES && !seen.has(error); error = member(error, 'cause')) {
      if (parts.length > 0 && (error === undefined || error === null)) break;
      seen.add(error);
      parts.push(bounded(stackOf(error), MAX_TEXT));
    }
    return bounded(parts.join('\ncaused by '), MAX_REPORT);
  });
}

/** The name of a thrown error, where its message may hold secrets. It never throws. */
export function thrownName(thrown: unknown): string {
  const name = member(thrown, 'name');
  return typeof name === 'string' && name !== '' ? bounded(name, MAX_NAME) : 'unknown error';
}

/** `thrown instanceof type`, but false for what cannot be asked, such as a revoked proxy. */
export function thrownIs<Type>(thrown: unknown, type: abstract new (...args: never[]) => Type): thrown is Type {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}

function guarded(text: () => string): string {
  try {
    return text();
  } catch {
    // Each member is read with care already; what is left is a stack or a memory that has run out.
    return UNREADABLE;
  }
}

function textOf(thrown: unknown, depth: number): string {
  if (typeof thrown === 'string') return thrown;
  if (!isObject(thrown)) return String(thrown);
  const message = member(thrown, 'message');
  if (typeof message === 'string' && message !== '') return message;
  // A connection that failed at each of its addresses says nothing itself.
  const within = depth > 0 ? '' : errorsWithin(thrown);
  if (within !== '') return within;
  const name = member(thrown, 'name');
  if (typeof name === 'string' && name !== '') return name;
  return writtenOut(thrown);
}

function stackOf(thrown: unknown): string {
  const text = bounded(textOf(thrown, 0), MAX_TEXT / 2);
  const stack = isObject(thrown) ? member(thrown, 'stack') : undefined;
  if (typeof stack !== 'string' || stack === '') return text;
  const name = member(thrown, 'name');
  // The stack has the message that the error had when it was made.
  const head = stack.includes(text) ? '' : `${typeof name === 'string' && name !== text ? `${name}: ` : ''}${text}\n`;
  const within = errorsWithin(thrown);
  return `${head}${stack}${within === '' || within === text ? '' : `\n  of which: ${within}`}`;
}

/** The texts of the errors that an `AggregateError` gathers. */
function errorsWithin(thrown: unknown): string {
  const errors = member(thrown, 'errors');
  try {
    if (!Array.isArray(errors)) return '';
    const texts: string[] = [];
    for (let at = 0; at < errors.length && at < MAX_ERRORS; at += 1) texts.push(textOf(errors[at], 1));
    if (errors.length > MAX_ERRORS) texts.push(`and ${errors.length - MAX_ERRORS} more`);
    return texts.join('; ');
  } catch {
    return '';
  }
}

function writtenOut(thrown: object): string {
  try {
    // A function would be written with its source.
    const text = typeof thrown === 'function' ? 'a function' : (thrown as { toString(): unknown }).toString();
    return typeof text === 'string' ? text : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}

function member(value: unknown, key: string): unknown {
  try {
    return isObject(value) ? (Reflect.get(value, key) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function bounded(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters in all)`;
}
