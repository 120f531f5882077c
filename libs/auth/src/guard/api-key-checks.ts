import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Principal } from '@millrace/core/security';
import { thrownText } from '@millrace/protocol';
import { ApiKeyStore } from '../api/api-key-store.js';
import { AUTH_SETTINGS, API_KEY_METHOD } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import type { RevocableCredentials } from '../engine/revocable-credentials.js';

interface Check {
  readonly at: number;
  readonly holds: Promise<boolean>;
}

/** Looks up whether API keys by which something lives are there still, each at most once in an interval. */
@Injectable()
export class ApiKeyChecks implements RevocableCredentials {
  readonly recheckInterval: number | undefined;
  private readonly logger = new Logger('ApiKeys');
  private readonly checks = new Map<string, Check>();

  constructor(
    private readonly store: ApiKeyStore,
    @Inject(AUTH_SETTINGS) { apiKeys }: AuthSettings,
  ) {
    this.recheckInterval = apiKeys ? apiKeys.recheckInterval : undefined;
  }

  concerns({ method }: Principal): boolean {
    return method === API_KEY_METHOD;
  }

  /** While the store cannot be reached, they hold. */
  holds({ subject: id }: Principal): Promise<boolean> {
    const now = performance.now();
    const known = this.checks.get(id);
    if (known && known.at > now - (this.recheckInterval ?? 0)) return known.holds;
    const holds = this.isThere(id);
    this.checks.set(id, { at: now, holds });
    return holds;
  }

  private async isThere(id: string): Promise<boolean> {
    try {
      return (await this.store.find(id)) !== undefined;
    } catch (error) {
      this.logger.warn(`Live API keys could not be checked: ${thrownText(error)}`);
      return true;
    }
  }

  async recheck(): Promise<void> {
    this.checks.clear();
  }

  /** Notes that a key was revoked. */
  revoked(id: string): void {
    this.checks.set(id, { at: performance.now(), holds: Promise.resolve(false) });
  }
}
