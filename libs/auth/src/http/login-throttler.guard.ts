import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type ThrottlerLimitDetail, ThrottlerGuard, ThrottlerStorageService } from '@nestjs/throttler';
import { AUTH_SETTINGS, LOGIN_ATTEMPTS } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { tooManyAttempts } from '../engine/auth.errors.js';

const NAME = 'millrace-login';

/**
 * Limits the login attempts of one address. It brings options and a counter of its own in place of those of
 * `ThrottlerModule`, so that it neither throttles other routes nor meets the host's throttling.
 */
@Injectable()
export class LoginThrottlerGuard extends ThrottlerGuard {
  /** What the error says there are too many of. */
  protected readonly limited: string = 'login attempts';

  constructor(
    @Inject(AUTH_SETTINGS) { throttle }: AuthSettings,
    @Inject(LOGIN_ATTEMPTS) attempts: ThrottlerStorageService,
    reflector: Reflector,
  ) {
    const { limit, ttl } = throttle || { limit: 0, ttl: 0 };
    super(
      { throttlers: [{ name: NAME, limit, ttl }], skipIf: () => !throttle, setHeaders: false },
      attempts,
      reflector,
    );
  }

  protected override async throwThrottlingException(
    _context: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    throw tooManyAttempts(timeToBlockExpire, this.limited);
  }
}

/** Limits how many keys one address has made, by the same option as login attempts and with a count of its own. */
@Injectable()
export class KeyThrottlerGuard extends LoginThrottlerGuard {
  protected override readonly limited = 'new keys';
}
