import type { ClientLogger } from '../logger.js';

/** Writes log events; a text is built only when its level is on. A logger that throws harms nobody. */
export class EventLog {
  constructor(
    private readonly logger: ClientLogger,
    private readonly maxFrameLength: number,
  ) {}

  debug(text: () => string): void {
    if (this.logger.debug && this.enabled('debug')) this.write('debug', text);
  }

  info(text: () => string): void {
    if (this.enabled('log')) this.write('log', text);
  }

  error(text: () => string): void {
    if (this.enabled('error')) this.write('error', text);
  }

  /** The content of a frame, cut to the configured length. */
  cut(frame: string | Uint8Array): string {
    const text = typeof frame === 'string' ? frame : hex(frame, this.maxFrameLength);
    return text.length > this.maxFrameLength ? `${text.slice(0, this.maxFrameLength)}… (${text.length} in all)` : text;
  }

  private enabled(level: 'error' | 'log' | 'debug'): boolean {
    return this.logger.isLevelEnabled?.(level) ?? true;
  }

  private write(level: 'error' | 'log' | 'debug', text: () => string): void {
    try {
      this.logger[level]?.(text());
    } catch {
      // Logging must never break a call.
    }
  }
}

function hex(bytes: Uint8Array, limit: number): string {
  const shown = bytes.subarray(0, Math.ceil(limit / 2) + 1);
  return Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
