import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { startInterval, type Timer } from '@millrace/protocol';
import { type LiveConnection, LiveConnections } from '@millrace/core/security';
import { AUTH_SETTINGS, API_KEY_METHOD } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { ApiKeyStore } from '../api/api-key-store.js';
import { ApiKeyRevokedError } from '../engine/auth.errors.js';

interface Check {
  readonly at: number;
  readonly holds: Promise<boolean>;
}

/**
 * Closes live sockets and cuts HTTP answers under way whose key was revoked, by this process or another. (Those whose key
 * runs out end as those of tokens do.) While the store cannot be reached, they stay.
 */
@Injectable()
export class ApiKeyWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ApiKeys');
  private readonly checks = new Map<string, Check>();
  private readonly interval: number | undefined;
  private timer: Timer | undefined;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly live: LiveConnections,
    @Inject(AUTH_SETTINGS) { apiKeys }: AuthSettings,
  ) {
    this.interval = apiKeys ? apiKeys.recheckInterval : undefined;
  }

  onApplicationBootstrap(): void {
    if (this.interval === undefined) return;
    this.timer = startInterval(() => void this.sweep(), this.interval).unref();
  }

  beforeApplicationShutdown(): void {
    this.timer?.stop();
  }

  /** @throws ApiKeyRevokedError when the key was revoked; the store is asked at most once in an interval */
  async assertHolds(id: string): Promise<void> {
    if (!(await this.check(id))) throw new ApiKeyRevokedError();
  }

  /** A key was revoked: what was opened with it ends now. */
  revoked(id: string): void {
    this.checks.set(id, { at: Date.now(), holds: Promise.resolve(false) });
    for (const connection of this.connections().get(id) ?? []) connection.fail(new ApiKeyRevokedError());
  }

  /** Looks up every key with which something was opened that is still there. */
  private async sweep(): Promise<void> {
    this.checks.clear();
    await Promise.all([...this.connections().keys()].map(async (id) => (await this.check(id)) || this.revoked(id)));
  }

  private connections(): Map<string, LiveConnection[]> {
    const byKey = new Map<string, LiveConnection[]>();
    for (const connection of this.live) {
      const { principal } = connection;
      if (principal?.method !== API_KEY_METHOD) continue;
      const others = byKey.get(principal.subject);
      if (others) others.push(connection);
      else byKey.set(principal.subject, [connection]);
    }
    return byKey;
  }

  private check(id: string): Promise<boolean> {
    const now = Date.now();
    const known = this.checks.get(id);
    if (known && known.at > now - (this.interval ?? 0)) return known.holds;
    const holds = this.store.find(id).then(
      (key) => key !== undefined,
      (error: unknown) => {
        this.logger.warn(`Live API keys could not be checked: ${error instanceof Error ? error.message : ''}`);
        return true;
      },
    );
    this.checks.set(id, { at: now, holds });
    return holds;
  }
}
