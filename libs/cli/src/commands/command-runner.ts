import type { CommandSession } from '../command-session.js';

/** What a command does, given its arguments and then its options. */
export type CommandBody<Arguments extends readonly unknown[]> = (
  session: CommandSession,
  ...rest: Arguments
) => Promise<void>;

/** Makes the action of a command: a session is opened around its body, and its failures are told. */
export type CommandRunner = <Arguments extends readonly unknown[]>(
  body: CommandBody<Arguments>,
) => (...parameters: unknown[]) => Promise<void>;
