import { Logger } from '@nestjs/common';
import { LOG_LEVELS, type ConnectorLogLevel, type LogLevels } from './log-levels.js';

/** The part of a logger that connectors use. */
export interface ConnectorLogger {
  debug(message: string): void;
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Makes the loggers of one connector set: the host's logger, behind the levels of `logger.ini`. */
export class ConnectorLoggers {
  constructor(private readonly levels: LogLevels = new Map()) {}

  /**
   * @param className decides the level
   * @param context shown with each line
   */
  for(className: string, context = className): ConnectorLogger {
    const level = this.levels.get(className) ?? this.levels.get('root');
    const logger = new Logger(context);
    return {
      debug: (message) => passes(level, 'debug') && logger.debug(message),
      log: (message) => passes(level, 'log') && logger.log(message),
      warn: (message) => passes(level, 'warn') && logger.warn(message),
      error: (message) => passes(level, 'error') && logger.error(message),
    };
  }
}

/** Without a level the host's logger decides alone. */
function passes(level: ConnectorLogLevel | undefined, weight: ConnectorLogLevel): boolean {
  return level === undefined || LOG_LEVELS.indexOf(weight) >= LOG_LEVELS.indexOf(level);
}
