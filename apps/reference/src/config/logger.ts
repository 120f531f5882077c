import { ConsoleLogger, Logger, type LogLevel } from '@nestjs/common';
import type { Settings } from './settings.js';

const LEVELS: Readonly<Record<Settings['logLevel'], LogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
  trace: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** Lines for people in development, JSON for machines in production. */
export function createLogger({ logLevel, production }: Pick<Settings, 'logLevel' | 'production'>): ConsoleLogger {
  return new ReferenceLogger({
    logLevels: LEVELS[logLevel],
    json: production,
    colors: !production && process.stdout.isTTY,
  });
}

/** Where Nest logs what kept an application from starting or listening, with all that the error holds. */
const START_ERRORS: readonly unknown[] = ['ExceptionHandler', 'NestApplication'];

/** Leaves errors of the start to {@link sayWhyNot}, which says them once and plainly. */
class ReferenceLogger extends ConsoleLogger {
  override error(message: unknown, ...rest: unknown[]): void {
    if (!START_ERRORS.includes(rest.at(-1))) super.error(message, ...(rest as [string]));
  }
}

/** Says something that operators and programs wait for, whatever the level of the log is. */
export function announce(text: string, { production }: Pick<Settings, 'production'>): void {
  if (production) new ConsoleLogger('Millrace', { json: true, colors: false }).log(text);
  else console.log(text);
}

/** Says why the application does not start: to people as a text, in production as a line of the log. */
export function sayWhyNot(text: string, production: boolean): void {
  // What Nest still has to say of other modules would only hide it.
  Logger.overrideLogger(false);
  if (production) new ConsoleLogger('Millrace', { json: true, colors: false }).fatal(text);
  else console.error(text);
}
