import { span } from '../../../parts/formats/format.js';

/** How long a call took: `12 ms`, `3.4 s`. */
export function took(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : span(milliseconds);
}
