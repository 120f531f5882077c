import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository-files.js';

/** The documents in `docs/protocols`, by the names that citations use. */
export const DOCUMENTS = [
  'connection-profiles',
  'connectivity',
  'connector',
  'rpc',
  'statistics',
  'stream-store',
] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

/** What of a protocol can be cited. */
export interface ProtocolDocument {
  readonly text: string;
  /** Numbers of its headings: `5`, `5.3`. */
  readonly sections: ReadonlySet<string>;
  /** Rows of its table of behaviours: each has a test. */
  readonly behaviours: ReadonlySet<string>;
  /** Rows that may be cited: the behaviours, and rows of other tables whose ids begin with a letter. */
  readonly rows: ReadonlySet<string>;
}

/** Reads one document of `docs/protocols`. */
export function readProtocol(name: DocumentName): ProtocolDocument {
  const text = readFileSync(join(ROOT, 'docs/protocols', `${name}.md`), 'utf8');
  const sections = new Set<string>();
  const behaviours = new Set<string>();
  const rows = new Set<string>();
  let inBehaviours = false;
  for (const line of text.split('\n')) {
    const [, level = '', title = ''] = /^(#{1,4}) (.*)$/.exec(line) ?? [];
    if (level.length === 2) inBehaviours = title.includes('Behaviours');
    const [number] = /^\d+(?:\.\d+)*(?=\.? )/.exec(title) ?? [];
    if (number) sections.add(number);
    const [, id] = /^\| ([A-Z]?\d+) \|/.exec(line) ?? [];
    if (id && inBehaviours) behaviours.add(id);
    if (id && (inBehaviours || /^[A-Z]/.test(id))) rows.add(id);
  }
  return { text, sections, behaviours, rows };
}
