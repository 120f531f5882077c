import { COMMON, pageHeaders } from '../http/page-headers.js';

/**
 * Beyond what the pages of the console may do, that of the board may start a worker, which colours the data of jobs, may name the
 * folder that its addresses begin at, and may write styles into itself: its editor makes them anew each time, so that no hash
 * fits. Scripts it may not write, nor styles of single elements.
 */
export const BOARD_PAGE_HEADERS = pageHeaders({
  'style-src-elem': "'self' 'unsafe-inline'",
  'worker-src': "'self'",
  'base-uri': "'self'",
});

/** For its files, which only those may fetch who may see the board. */
export const BOARD_FILE_HEADERS = { ...COMMON, 'Cache-Control': 'private, max-age=3600' } as const;
