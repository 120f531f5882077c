import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { LoginLimits } from '../api/login-limits.js';
import { AUTH_SETTINGS } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { LoginAttempts } from '../engine/login-attempts.js';

/** Limits the login attempts of one address. It neither throttles other routes nor meets the host's throttling. */
@Injectable()
export class LoginThrottlerGuard implements CanActivate {
  /** What there may be too many of. */
  protected readonly limited: 'login attempts' | 'new keys' = 'login attempts';

  constructor(
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
    private readonly limits: LoginLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { throttle } = this.settings;
    if (!throttle) return true;
    // Both frameworks say by it who asks; behind a proxy, once they trust it.
    const { ip = '' } = context.switchToHttp().getRequest<{ ip?: string }>();
    await new LoginAttempts(this.limits, throttle, this.limited).begin(ip);
    return true;
  }
}

/** Limits how many keys one address has made, by the same option as login attempts and with a count of its own. */
@Injectable()
export class KeyThrottlerGuard extends LoginThrottlerGuard {
  protected override readonly limited = 'new keys';
}
