import { LRUCache } from 'lru-cache';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { ConnectionNotFoundError, PartitionNotFoundError } from '../api/connectivity.errors.js';

/** Text of users' that is written into one line of the log. */
const MAX_SHOWN = 200;

/** Things not found of which is remembered that the log has them. */
const MAX_MISSED = 1000;

/**
 * The debug output of the original (connectivity#58), through the host's logger: at level 1 how long calls took and how
 * many entries they touched, at 2 also what and by whom, at 3 also the bodies of requests.
 */
@Injectable()
export class ConnectivityDebug {
  readonly level: number;
  private readonly logger = new Logger('Connectivity');
  private readonly told = new LRUCache<string, true>({ max: MAX_MISSED });

  constructor(@Inject(CONNECTIVITY_SETTINGS) settings: ConnectivitySettings) {
    this.level = settings.debug;
  }

  /** Level 1. @param start `performance.now()` at the beginning */
  took(call: string, start: number, entries: number): void {
    if (this.level < 1) return;
    this.logger.log(`${call}: ${entries} entries in ${Math.round((performance.now() - start) * 1000)} µs`);
  }

  /**
   * Level 1: an unknown partition, or unknown names in a retraction, which operators look for first. Clients ask again
   * many times a second, so each is written once. Throws the error on.
   */
  missed(call: string, error: unknown): never {
    const isMissing = error instanceof PartitionNotFoundError || error instanceof ConnectionNotFoundError;
    const text = isMissing && this.level >= 1 ? `${call}: ${line(error.message)}` : undefined;
    if (text !== undefined && !this.told.get(text)) {
      this.told.set(text, true);
      this.logger.log(text);
    }
    throw error;
  }

  /** Level 2. */
  called(call: string, details: Readonly<Record<string, string | undefined>>): void {
    if (this.level < 2) return;
    const shown = Object.entries(details).map(([name, value]) => `${name}=${line(value ?? '')}`);
    this.logger.log(`${call}: ${shown.join(' ')}`);
  }

  /** Level 3. */
  body(call: string, bytes: Buffer): void {
    if (this.level >= 3) this.logger.log(`${call}: body ${JSON.stringify(bytes.toString())}`);
  }
}

/** Users' text must not make lines of its own. */
function line(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}
