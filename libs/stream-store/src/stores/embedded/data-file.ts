import { dirname } from 'node:path';

/** Name of the data file in its directory. */
export const DATA_FILE = 'streams.mdb';

/** What to do about damage. */
export function repairAdvice(file: string): string {
  return `Stop the server and run "millrace repair ${dirname(file)}": it keeps all that is readable, and says what is not`;
}
