import type { CliContext } from '../context.js';
import { NO_PROGRESS, type Progress, type ProgressOptions, startProgress } from './progress.js';
import { type Style, styleFor } from './style.js';
import { table } from './human.js';
import type { Writer } from './writer.js';

/** How results and all about them are said. */
export interface OutputOptions {
  /** For programs: JSON on standard output, errors as JSON on standard error. */
  readonly json?: boolean;
  /** Nothing on standard error but errors. */
  readonly quiet?: boolean;
  /** Whether a progress bar may be shown. */
  readonly progress: boolean;
}

/** What the command says: results on standard output, everything about them on standard error. */
export class Output {
  readonly style: Style;
  readonly json: boolean;
  private readonly quiet: boolean;
  private readonly withProgress: boolean;
  private running: Progress = NO_PROGRESS;

  constructor(
    private readonly context: CliContext,
    { json = false, quiet = false, progress }: OutputOptions,
    private readonly writer: Writer,
  ) {
    this.style = styleFor(context.env, context.stdout);
    this.json = json;
    this.quiet = quiet;
    // Lines of JSON and a bar would be torn to pieces in each other.
    const torn = json && context.stdout.isTTY === true;
    this.withProgress = progress && !quiet && !torn && context.stderr.isTTY === true;
  }

  /** Whether a person reads standard output. */
  get toTerminal(): boolean {
    return this.context.stdout.isTTY === true;
  }

  /** Width of the terminal; undefined where there is none. */
  get columns(): number | undefined {
    return this.context.stdout.columns;
  }

  /** Aborted when nobody reads standard output any more. */
  get readerGone(): AbortSignal {
    return this.writer.signal;
  }

  /** Writes bytes or text as they are. @throws ReaderGoneError */
  write(data: string | Uint8Array): Promise<void> {
    return this.writer.write(data);
  }

  /** Writes a line. @throws ReaderGoneError */
  line(text: string): Promise<void> {
    return this.writer.write(`${text}\n`);
  }

  /** Writes a value as one line of JSON. @throws ReaderGoneError */
  jsonLine(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value) ?? 'null');
  }

  /** Writes a result: JSON for programs, else what `human` makes of it. @throws ReaderGoneError */
  async result(value: unknown, human: () => string): Promise<void> {
    if (this.json) await this.jsonLine(value);
    else await this.write(human());
  }

  /** Writes a list: one JSON array for programs, else a table with `heading`, the latter only for people. @throws ReaderGoneError */
  async list(
    values: readonly unknown[],
    heading: readonly string[],
    rows: readonly (readonly string[])[],
  ): Promise<void> {
    if (this.json) return this.jsonLine(values);
    const [first = '', ...rest] = table(this.toTerminal ? [heading, ...rows] : rows).split(/(?<=\n)/);
    const top = this.toTerminal ? `${this.style.faint(first.trimEnd())}\n` : first;
    await this.write(top + rest.join(''));
  }

  /** Says something to a person, on standard error. */
  note(text: string): void {
    if (!this.quiet) this.context.stderr.write(`${text}\n`);
  }

  /** Says something a person should know, on standard error. */
  warn(text: string): void {
    if (!this.quiet)
      this.context.stderr.write(`${styleFor(this.context.env, this.context.stderr).warn('warning:')} ${text}\n`);
  }

  /** Shows how far long work is, where a person watches. */
  progress(options: Omit<ProgressOptions, 'stream' | 'style'>): Progress {
    if (!this.withProgress) return NO_PROGRESS;
    const { stderr, env } = this.context;
    this.running = startProgress({ ...options, stream: stderr, style: styleFor(env, stderr) });
    return this.running;
  }

  /** Takes a bar away, so that an error does not stand in its line, and waits until everything is written. */
  async end(): Promise<void> {
    this.running.stop();
    await this.writer.flush();
  }

  /** Takes a bar away. */
  stopProgress(): void {
    this.running.stop();
  }
}
