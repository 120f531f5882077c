import type { SourceConfiguration } from '../../api/source-store.port.js';
import { isObject } from '../../protocol/messages.js';

/** Whether a name can be kept as text: half a character has no bytes of its own, or those of another one. */
export function isUnicode(source: string): boolean {
  return !/\p{Surrogate}/u.test(source);
}

/** The document in a text; undefined where there is none. The error of the parser would quote it: documents hold passwords. */
export function documentIn(text: string): SourceConfiguration | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
