import { Logger } from '@nestjs/common';
import type { ClientLogger, ClientLogLevel } from '../index.js';

const LEVELS: readonly ClientLogLevel[] = ['debug', 'log', 'warn', 'error', 'off'];

/** Hands a client's log events to Nest's logger. Calls are traced at INFO, which Nest prints by default: hence a level of its own. */
export function nestClientLogger(name: string, level: ClientLogLevel = 'warn'): ClientLogger {
  const logger = new Logger(`RpcClient:${name}`);
  const isLevelEnabled = (wanted: ClientLogLevel): boolean =>
    LEVELS.indexOf(wanted) >= LEVELS.indexOf(level) && (wanted === 'off' || Logger.isLevelEnabled(wanted));
  return {
    debug: (message) => logger.debug(message),
    log: (message) => logger.log(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
    isLevelEnabled,
  };
}
