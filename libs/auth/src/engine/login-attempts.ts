import { hash } from 'node:crypto';
import { networkOf } from '@millrace/core/security';
import type { LoginLimit, LoginLimits } from '../api/login-limits.js';
import { tooManyAttempts } from './auth.errors.js';

/** Counts attempts of one kind, each kind by itself. */
export class LoginAttempts {
  /** @param what the error says there are too many of */
  constructor(
    private readonly limits: LoginLimits,
    private readonly limit: LoginLimit,
    private readonly what: 'login attempts' | 'new keys' = 'login attempts',
  ) {}

  /**
   * Notes that an attempt begins.
   *
   * By the name alone, everybody who knows it could keep its holder out; by the address alone, one device with an old password
   * would keep out all others behind the same router.
   *
   * @param address of the client; '' where it is not known
   * @param name who logs in; undefined: attempts of the address under any name
   * @returns takes the attempt back; to be called when only wrong ones count and it was right
   * @throws MillraceError `TOO_MANY_REQUESTS`, or `UNAVAILABLE` when it cannot be counted
   */
  async begin(address: string, name?: string): Promise<() => Promise<void>> {
    const whose = name === undefined ? networkOf(address) : `${networkOf(address)} ${name}`;
    const kind = name === undefined ? this.what : 'passwords';
    const { wait, takeBack } = await this.limits.begin(hash('sha256', `${kind} ${whose}`, 'base64'), this.limit);
    if (wait > 0) throw tooManyAttempts(wait / 1000, this.what);
    return takeBack;
  }
}
