import { CredentialsFileError } from '../credentials.errors.js';
import type { Mapping } from './read-profile.js';

const MEMBER = /^\s*(name|endpoints|api_key|apikey)[ \t]*:(?:[ \t]+(.*))?$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')\s*(?:#.*)?$/;

/**
 * Reads the form of BTrDB's rendered manual page, which is not YAML: each line `name:` opens a record, the lines after it
 * belong to it.
 *
 * @returns undefined when the text is of another form
 * @throws CredentialsFileError for a text that is of this form but for one line
 */
export function readManualForm(text: string, path: string): Mapping[] | undefined {
  const lines = text.split(/\r?\n/).map((content, index) => ({ content, line: index + 1 }));
  const meaningful = lines.filter(({ content }) => !/^\s*(?:#.*)?$/.test(content));
  if (!looksLikeIt(meaningful.map(({ content }) => content))) return undefined;
  const records: Map<unknown, unknown>[] = [];
  for (const { content, line } of meaningful) {
    const [, member = '', rest = ''] = MEMBER.exec(content) ?? [];
    if (!member) throw new CredentialsFileError(path, 'must begin with name, endpoints or api_key', { line });
    const value = valueOf(rest, path, line, member);
    if (member === 'name') records.push(new Map());
    const record = records.at(-1);
    if (record?.has(member)) throw new CredentialsFileError(path, 'is there twice', { line, field: member });
    record?.set(member, value);
  }
  return records;
}

/** It begins with a name that has a value, and a deeper member follows: no YAML reader could take that. */
function looksLikeIt([first = '', second = '']: readonly string[]): boolean {
  const opens = /^(\s*)name[ \t]*:[ \t]+["'\w]/.exec(first);
  const follows = /^(\s*)(?:endpoints|api_key|apikey)[ \t]*:/.exec(second);
  return opens?.[1] !== undefined && follows?.[1] !== undefined && follows[1].length > opens[1].length;
}

function valueOf(rest: string, path: string, line: number, field: string): string | null {
  const [, double, single] = QUOTED.exec(rest) ?? [];
  const quoted = double ?? single;
  if (quoted !== undefined) return quoted;
  const plain = rest.replace(/(?:^|\s)#.*$/, '').trim();
  if (plain === '' || plain === '~' || plain === 'null') return null;
  if (/^["'[{&*!|>%@`]/.test(plain))
    throw new CredentialsFileError(path, 'has a value of no simple form', { line, field });
  if (/^[-+.\d][\d_.,:eExX]*$/.test(plain) || /^(?:true|false|yes|no|on|off)$/i.test(plain))
    throw new CredentialsFileError(path, 'is not a text; put it in quotes', { line, field });
  return plain;
}
