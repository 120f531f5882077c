import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { CredentialsFileError } from '../credentials.errors.js';
import type { CredentialsFile } from '../connection-settings.js';
import { readManualForm } from './manual-form.js';
import { isMapping, readFlatProfile, readNestedProfile, type Mapping } from './read-profile.js';

/** More than any list of profiles needs. */
const MAX_BYTES = 256 * 1024;
/** A file that is nested deeper is not a credentials file, but an attack on the parser. */
const MAX_DEPTH = 64;

/**
 * Reads the text of a credentials file (connection-profiles§2). Hostile texts are refused fast: by size, by depth,
 * by number of aliases; tags make nothing.
 *
 * @param lenient also read the flat forms and lists of endpoints
 * @throws CredentialsFileError naming file and line
 */
export function parseCredentials(text: string, path: string, lenient: boolean): CredentialsFile {
  if (text.length > MAX_BYTES) throw new CredentialsFileError(path, `is larger than ${MAX_BYTES / 1024} KiB`);
  if (lenient) {
    const records = readManualForm(text, path);
    if (records) return fromRecords(records, path);
  }
  const content = parseYaml(text, path);
  if (lenient && Array.isArray(content)) return fromRecords(content, path);
  if (!isMapping(content)) {
    const problem =
      content === null || content === undefined ? 'is empty' : 'is not a mapping of profile names to profiles';
    throw new CredentialsFileError(path, problem);
  }
  return {
    path,
    profile: (name) => (content.has(name) ? readNestedProfile(name, content.get(name), path, lenient) : undefined),
  };
}

function fromRecords(records: readonly unknown[], path: string): CredentialsFile {
  const byName = new Map<string, Mapping>();
  records.forEach((record, index) => {
    const name = isMapping(record) ? record.get('name') : undefined;
    if (!isMapping(record) || typeof name !== 'string')
      throw new CredentialsFileError(path, 'is not a record with a name', { field: `[${index}]` });
    if (byName.has(name)) throw new CredentialsFileError(path, 'is there twice', { field: name });
    byName.set(name, record);
  });
  return {
    path,
    profile: (name) => {
      const record = byName.get(name);
      return record && readFlatProfile(name, record, path);
    },
  };
}

function parseYaml(text: string, path: string): unknown {
  assertShallow(text, path);
  const lineCounter = new LineCounter();
  let failure: YAMLError | undefined;
  try {
    // Version 1.1, as BTrDB's own reader: "yes" is a boolean there, "1:30" a number.
    const document = parseDocument(text, { version: '1.1', lineCounter, prettyErrors: false, logLevel: 'error' });
    // A warning is an unknown tag: its value is not what its author meant.
    failure = document.errors[0] ?? document.warnings[0];
    if (!failure) return document.toJS({ mapAsMap: true, maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new CredentialsFileError(path, 'cannot be read safely: too deep, or too many aliases', { cause: error });
  }
  const { line } = lineCounter.linePos(failure.pos[0]);
  // The parser's texts can quote the file, which holds keys; its code cannot.
  throw new CredentialsFileError(path, `is not valid YAML (${failure.code})`, { line });
}

/** Counts brackets and indentation; a parser would use its stack up on what is refused here. */
function assertShallow(text: string, path: string): void {
  let depth = 0;
  let line = 1;
  for (const character of text) {
    if (character === '\n') line += 1;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) throw new CredentialsFileError(path, 'is nested too deep', { line });
  }
  const lines = text.split('\n');
  const deep = lines.findIndex((one) => /^(?:[ ]{128}|(?:\s*[-?]\s){64})/.test(one));
  if (deep >= 0) throw new CredentialsFileError(path, 'is nested too deep', { line: deep + 1 });
}
