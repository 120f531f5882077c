/** Where the client's log events go: `console`, a Nest `LoggerService`, or any object with these methods. */
export interface ClientLogger {
  error(message: string): unknown;
  warn(message: string): unknown;
  /** Level INFO. */
  log(message: string): unknown;
  debug?(message: string): unknown;
  /** When there, texts of levels that are off are not even built. */
  isLevelEnabled?(level: 'error' | 'warn' | 'log' | 'debug'): boolean;
}

const LEVELS = ['debug', 'log', 'warn', 'error', 'off'] as const;

/** Lowest level that is written; `log` is INFO. */
export type ClientLogLevel = (typeof LEVELS)[number];

export interface ConsoleLoggerOptions {
  /** Shown in front of each line. @default 'Millrace' */
  name?: string;
  /** @default 'warn' */
  level?: ClientLogLevel;
}

/** The default logger: lines `[name][LEVEL] text` on standard output. A healthy run prints nothing at its default level. */
export function consoleLogger({ name = 'Millrace', level = 'warn' }: ConsoleLoggerOptions = {}): ClientLogger {
  const isLevelEnabled = levelsFrom(level);
  const writer =
    (wanted: ClientLogLevel, label: string) =>
    (message: string): void => {
      if (isLevelEnabled(wanted)) console.log(`[${name}][${label}] ${message}`);
    };
  return {
    debug: writer('debug', 'DEBUG'),
    log: writer('log', 'INFO'),
    warn: writer('warn', 'WARN'),
    error: writer('error', 'ERROR'),
    isLevelEnabled,
  };
}

/** Tells which levels are written where `lowest` is the lowest one. */
export function levelsFrom(lowest: ClientLogLevel): (level: ClientLogLevel) => boolean {
  const first = LEVELS.indexOf(lowest);
  return (level) => LEVELS.indexOf(level) >= first;
}

/** Writes log events; a text is built only when its level is on. A logger that throws harms nobody. */
export class EventLog {
  constructor(
    private readonly logger: ClientLogger,
    private readonly maxFrameLength: number,
  ) {}

  debug(text: () => string): void {
    this.write('debug', text);
  }

  info(text: () => string): void {
    this.write('log', text);
  }

  error(text: () => string): void {
    this.write('error', text);
  }

  /** The content of a frame, cut to the configured length. */
  cut(frame: string | Uint8Array): string {
    const text = typeof frame === 'string' ? frame : hex(frame, this.maxFrameLength);
    return text.length > this.maxFrameLength ? `${text.slice(0, this.maxFrameLength)}… (${text.length} in all)` : text;
  }

  private write(level: 'error' | 'log' | 'debug', text: () => string): void {
    const { logger } = this;
    try {
      if (logger[level] && (logger.isLevelEnabled?.(level) ?? true)) logger[level]?.(text());
    } catch {
      // Logging must never break a call.
    }
  }
}

function hex(bytes: Uint8Array, limit: number): string {
  const shown = bytes.subarray(0, Math.ceil(limit / 2) + 1);
  return Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
