/** How much a notice asks for: knowing, looking at it soon, acting now. */
export type NoticeLevel = 'info' | 'warning' | 'error';

/** What is wrong or unsafe in a server, in words for those who operate it. It holds no secrets. */
export interface Notice {
  /** What it is about, the same in every release, for example `REDIS_EVICTS`. */
  readonly code: string;
  readonly level: NoticeLevel;
  /** What is the matter. */
  readonly text: string;
  /** What to do about it, with the option or the setting by its name. */
  readonly remedy: string;
}

/** A notice, and the part of the server that gave it. */
export interface PartNotice extends Notice {
  /** Name of the part, as in the health of the server, for example `streams`. */
  readonly part: string;
}
