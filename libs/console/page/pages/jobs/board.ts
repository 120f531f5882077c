import { FOLDER, known } from '../../app/configuration.js';

/** The states of jobs as the board names them in its addresses. */
export type JobState = 'active' | 'delayed' | 'failed' | 'completed';

/** Where the board is, as the browser reaches it. @param parts path below it */
export function addressOfBoard(parts: readonly string[] = [], state?: JobState): string {
  const root = new URL(known.configuration?.features.jobs?.root ?? './jobs/', FOLDER);
  const address = new URL(parts.map(encodeURIComponent).join('/'), root);
  if (state) address.searchParams.set('status', state);
  return address.href;
}
