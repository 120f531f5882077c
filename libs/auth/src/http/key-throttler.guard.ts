import type { ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { ThrottlerLimitDetail } from '@nestjs/throttler';
import { tooManyAttempts } from '../engine/login-error.js';
import { LoginThrottlerGuard } from './login-throttler.guard.js';

/** Limits how many keys one address has made, by the same option as login attempts and with a count of its own. */
@Injectable()
export class KeyThrottlerGuard extends LoginThrottlerGuard {
  protected override async throwThrottlingException(
    _context: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    throw tooManyAttempts(timeToBlockExpire, 'new keys');
  }
}
