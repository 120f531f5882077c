const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/**
 * Reads the Java properties format (connector§8.1): `key=value`, `key: value` or `key value`, comments by `#` and
 * `!`, continuation by a backslash at the end, escapes. Blanks at the end belong to the value; of equal keys the last
 * wins. Never throws: a malformed escape stands for itself.
 */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text.replace(/^\ufeff/, ''))) {
    const { key, value } = splitLine(line);
    properties.set(unescape(key), unescape(value));
  }
  return properties;
}

function* logicalLines(text: string): Iterable<string> {
  let pending: string | undefined;
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (pending === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const whole: string = (pending ?? '') + line;
    if (continues(line)) {
      pending = whole.slice(0, -1);
      continue;
    }
    pending = undefined;
    yield whole;
  }
  if (pending) yield pending;
}

/** An odd number of backslashes at the end joins the next line. */
function continues(line: string): boolean {
  const [backslashes = ''] = /\\*$/.exec(line) ?? [];
  return backslashes.length % 2 === 1;
}

/** The key ends at the first blank, `=` or `:` that is not escaped; only the first separator counts. */
function splitLine(line: string): { key: string; value: string } {
  let end = 0;
  while (end < line.length && !/[ \t\f=:]/.test(line.charAt(end))) end += line.charAt(end) === '\\' ? 2 : 1;
  const key = line.slice(0, end);
  const value = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return { key, value };
}

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S])|$)/g, (_all, hex?: string, char?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return char === undefined ? '' : (ESCAPES[char] ?? char);
  });
}
