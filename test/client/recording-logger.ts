import type { ClientLogger } from '@millrace/client';

/** Keeps every event as `LEVEL text`. */
export class RecordingLogger implements ClientLogger {
  readonly lines: string[] = [];
  readonly debug = (message: string): void => void this.lines.push(`DEBUG ${message}`);
  readonly log = (message: string): void => void this.lines.push(`INFO ${message}`);
  readonly warn = (message: string): void => void this.lines.push(`WARN ${message}`);
  readonly error = (message: string): void => void this.lines.push(`ERROR ${message}`);

  /** The lines of one level, without its name. */
  of(level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `)).map((line) => line.slice(level.length + 1));
  }
}
