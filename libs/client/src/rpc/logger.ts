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
  const lowest = LEVELS.indexOf(level);
  const isLevelEnabled = (wanted: ClientLogLevel): boolean => LEVELS.indexOf(wanted) >= lowest;
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
