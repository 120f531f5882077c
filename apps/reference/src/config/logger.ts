import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from './settings.js';

const LEVELS: Readonly<Record<Settings['logLevel'], LogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
  trace: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** Lines for people in development, JSON for machines in production. */
export function createLogger({ logLevel, production }: Settings): ConsoleLogger {
  return new ConsoleLogger({
    logLevels: LEVELS[logLevel],
    json: production,
    colors: !production && process.stdout.isTTY,
  });
}
