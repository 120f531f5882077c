import { resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { type Notice, OperationsRegistry } from '@millrace/core/ops';
import { ApiKeyStore } from './api/api-key-store.js';
import { ManagedUserStore, UserStore } from './api/user-store.js';
import { AUTH_SETTINGS } from './auth.constants.js';
import type { AuthSettings } from './auth.options.js';

/** Says what is unsafe about logins, and that nobody can log in yet, as `auth`. */
@Injectable()
export class AuthOperations {
  constructor(
    operations: OperationsRegistry,
    @Inject(UserStore) private readonly users: UserStore,
    private readonly keys: ApiKeyStore,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {
    operations.add({ name: 'auth', notices: () => this.notices() });
  }

  private async notices(): Promise<Notice[]> {
    return [...this.unsafe(), ...(await this.unpeopled())];
  }

  private *unsafe(): Iterable<Notice> {
    const { developmentTokens, throttle, apiKeys } = this.settings;
    if (this.users.developmentOnly) {
      yield {
        code: 'DEVELOPMENT_LOGIN',
        level: 'warning',
        text: 'Anybody can log in with every right: any name whose password equals it is taken',
        remedy:
          'Start in production (NODE_ENV=production, or production: true), or give the option users of AuthModule fileUsers()',
      };
    }
    if (developmentTokens.length > 0) {
      yield {
        code: 'DEVELOPMENT_TOKENS',
        level: 'warning',
        text: 'Tokens of development are accepted, which give every right and never run out',
        remedy: 'Leave out developmentTokens of AuthModule',
      };
    }
    if (throttle === false) {
      yield {
        code: 'LOGINS_UNLIMITED',
        level: 'warning',
        text: 'Passwords can be tried without a limit',
        remedy: 'Leave out throttle: false of AuthModule',
      };
    }
    if (apiKeys && apiKeys.trustProxy.length > 0) yield proxiesTrusted(apiKeys.trustProxy);
  }

  private async unpeopled(): Promise<Notice[]> {
    const { users, keys, settings } = this;
    // A store of the host's own is the host's affair.
    if (!(users instanceof ManagedUserStore) || (await users.list()).length > 0) return [];
    // A server that only machines use needs no users.
    const isUsedByKey = settings.apiKeys !== false && (await keys.list()).length > 0;
    const where = users.path === undefined ? '' : ` in ${resolve(users.path)}`;
    return [
      {
        code: 'NO_USERS',
        level: isUsedByKey ? 'info' : 'error',
        text: `Nobody can log in: there are no users${where}`,
        remedy:
          users.path === undefined
            ? 'Add a user by the add() of the store'
            : 'Add a user: npx -p @millrace/cli millrace-user add <name> --file <that file>',
      },
    ];
  }
}

/** A network so large that it is not that of proxies: a hundredth of all addresses and more. */
const VAST = /\/[1-7]$/;

function proxiesTrusted(addresses: readonly string[]): Notice {
  const isVast = addresses.some((address) => VAST.test(address));
  return {
    code: 'PROXIES_TRUSTED',
    level: isVast ? 'warning' : 'info',
    text:
      `What ${addresses.join(', ')} says in X-Forwarded-Proto and X-Forwarded-For is believed` +
      (isVast
        ? ', and that is a large part of all addresses: clients there can pretend to come by TLS, and from elsewhere'
        : ''),
    remedy: 'Name no more than the addresses of your proxies in apiKeys.trustProxy of AuthModule',
  };
}
