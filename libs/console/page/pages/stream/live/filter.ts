import { jsonAt } from '@millrace/protocol';
import { jsonOf, textOfBytes } from '../../../parts/formats/content.js';

export type FilterKind = 'text' | 'json';

/** Which entries are wanted. */
export interface Filter {
  readonly kind: FilterKind;
  readonly text: string;
}

export const EVERYTHING: Filter = { kind: 'text', text: '' };

/** Tells entries that are wanted from others. */
export type Matcher = (data: Uint8Array) => boolean;

/** @returns undefined where all entries are wanted; a fault in words where the text is no filter */
export function readFilter({ kind, text }: Filter): Matcher | undefined | { readonly fault: string } {
  if (text.trim() === '') return undefined;
  return kind === 'text' ? containing(text) : comparing(text.trim());
}

function containing(text: string): Matcher {
  const wanted = text.toLowerCase();
  return (data) => (textOfBytes(data) ?? new TextDecoder().decode(data)).toLowerCase().includes(wanted);
}

const COMPARISON = /^([^=!<>]+?)\s*(?:(=|!=|<=|>=|<|>)\s*(.*))?$/s;

type Comparison = (found: number, wanted: number) => boolean;
const ORDER: Readonly<Record<string, Comparison>> = {
  '<': (found, wanted) => found < wanted,
  '<=': (found, wanted) => found <= wanted,
  '>': (found, wanted) => found > wanted,
  '>=': (found, wanted) => found >= wanted,
};

/** `path=value`, with `=`, `!=`, `<`, `<=`, `>` or `>=`; a path alone wants that there is a value. */
function comparing(text: string): Matcher | { readonly fault: string } {
  const [, pathText, sign, wanted = ''] = COMPARISON.exec(text) ?? [];
  const path = pathText === undefined ? undefined : readPath(pathText);
  if (!path) return { fault: `Give a path and a value, as state.temperature>20 or tags[0]=red, not “${text}”.` };
  const order = sign === undefined ? undefined : ORDER[sign];
  const number = Number(wanted);
  if (order && (wanted === '' || Number.isNaN(number)))
    return { fault: `${sign} compares numbers; “${wanted}” is none.` };
  return (data) => {
    const json = textOfBytes(data);
    if (json === undefined || !jsonOf(json)) return false;
    // As it is written: a number of more digits than JavaScript has is still found.
    const found = jsonAt(json, path);
    if (sign === undefined) return found !== undefined;
    if (order) return found !== undefined && order(Number(found), number);
    return isSame(found, wanted) === (sign === '=');
  };
}

function isSame(found: string | undefined, wanted: string): boolean {
  if (found === undefined) return false;
  return found === wanted || (found.startsWith('"') && JSON.parse(found) === wanted);
}

/** `a.b[0].c` and `a.b.0.c` as steps. */
function readPath(text: string): (string | number)[] | undefined {
  const steps = text
    .trim()
    .replace(/^\$\.?/, '')
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((step, index) => step !== '' || index > 0);
  if (steps.length === 0 || steps.includes('')) return undefined;
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
