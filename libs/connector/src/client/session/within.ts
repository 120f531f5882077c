import { pause } from '@millrace/protocol';

/** Whether work ended within a deadline in milliseconds. @throws what the work throws before it */
export async function within(work: Promise<unknown>, deadline: number): Promise<boolean> {
  const end = new AbortController();
  try {
    return await Promise.race([work.then(() => true), pause(deadline, end.signal).then(() => false)]);
  } finally {
    end.abort();
  }
}
