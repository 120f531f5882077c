import type { OperationsPart } from '@millrace/core/ops';

/** How many attempts count before the next ones are refused. */
export interface LoginLimit {
  /** Attempts that are let through within the span. */
  readonly limit: number;
  /** The span, from the first attempt, in milliseconds. */
  readonly ttl: number;
}

/** One attempt at a login. */
export interface LoginAttempt {
  /** Milliseconds until one is let through again; 0: this one is. */
  readonly wait: number;
  /** Counts it no more: the password was right. */
  takeBack(this: void): Promise<void>;
}

/**
 * Where it is counted how often somebody has tried to log in. Each instance of a server keeps that in memory, unless
 * `redisLoginLimits()` makes it one count of all; write your own over your database and try it with `LOGIN_LIMITS_CONTRACT` of
 * `@millrace/auth/testing`.
 *
 * @publicApi
 */
export abstract class LoginLimits {
  /** What the storage says of itself to those who operate the service, beside what the module says. */
  readonly operations?: OperationsPart;

  /**
   * Counts an attempt, unless so many were counted already: those that are refused do not lengthen the wait. It counts from its
   * beginning, so that many at a time do not slip through.
   *
   * @param key whose attempts, as a digest: neither names nor addresses are kept
   * @throws MillraceError `UNAVAILABLE` when it cannot be counted: nobody can log in then
   */
  abstract begin(key: string, limit: LoginLimit): Promise<LoginAttempt>;

  /** Lets go of connections when the application ends. */
  close?(): Promise<void>;
}
