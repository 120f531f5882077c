/**
 * What the command needs from the world, so that tests and other programs can give it another one.
 *
 * @publicApi
 */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Home directory, in which `.millrace` is. */
  readonly home: string;
  /** Aborted with an `InterruptedError` when the user ends the command. */
  readonly signal: AbortSignal;
}
