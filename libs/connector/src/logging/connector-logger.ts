import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger, type LogLevel } from '@nestjs/common';
import { thrownReport } from '@millrace/protocol';
import { parse } from 'ini';
import { isObject, textAt } from '../protocol/messages.js';

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
    // Without a level the host's logger decides alone.
    const level = this.levels.get(className) ?? this.levels.get('root') ?? 'verbose';
    const logger = new Logger(context);
    const line = (weight: keyof ConnectorLogger) => (message: string) => {
      if (RISING.indexOf(weight) >= RISING.indexOf(level)) logger[weight](message);
    };
    return { debug: line('debug'), log: line('log'), warn: line('warn'), error: line('error') };
  }
}

/** Levels by logger name; names are those of classes, `root` serves the rest. */
export type LogLevels = ReadonlyMap<string, LogLevel>;

/** Nest's levels by their names in the file, in rising order; a logger writes what weighs at least as much as its level. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['notset', 'verbose'],
  ['debug', 'debug'],
  ['info', 'log'],
  ['warning', 'warn'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['critical', 'fatal'],
  ['fatal', 'fatal'],
]);
const RISING = [...LEVELS.values()];

/**
 * Reads `serverConfig/logger.ini` (connector§8.3 #81). A missing or unreadable file gives the default levels
 * and one warning, never a failed start.
 *
 * @param warn takes that one warning
 */
export function readLogLevels(directory: string, warn: (message: string) => void): LogLevels {
  const file = join(directory, 'serverConfig', 'logger.ini');
  try {
    return parseLogLevels(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
    warn(`${file} ${reason}; the default log levels apply`);
    return new Map();
  }
}

/**
 * Levels of the sections `[logger_<name>]`, under the name of the section and under its `qualname`.
 *
 * @throws Error when there are no such sections or a level is not known
 */
function parseLogLevels(text: string): LogLevels {
  const levels = new Map<string, LogLevel>();
  for (const [section, content] of Object.entries(parse(text))) {
    if (!section.startsWith('logger_') || !isObject(content)) continue;
    const written = textAt(content, 'level');
    if (written === undefined) continue;
    const level = LEVELS.get(written.trim().toLowerCase());
    if (!level) throw new Error('A level is not known');
    levels.set(section.slice('logger_'.length), level);
    const qualified = textAt(content, 'qualname');
    if (qualified) levels.set(qualified, level);
  }
  if (levels.size === 0) throw new Error('The file names no logger with a level');
  return levels;
}

/** Logs the error of a handler, which ends nothing. */
export function logFailure(logger: ConnectorLogger, handler: string, error: unknown): void {
  logger.error(`The ${handler} handler failed: ${thrownReport(error)}`);
}
