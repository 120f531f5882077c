import { resolve } from 'node:path';
import { UserFile } from '@millrace/accounts';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { thrownText } from '@millrace/protocol';
import { ApiKeyStore } from '../api/api-key-store.js';
import { UserStore } from '../api/user-store.js';
import { AUTH_SETTINGS } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';

/** Says at the start of a production server that nobody can come in yet, and by which command that changes. */
@Injectable()
export class NobodyKnown implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthModule');

  constructor(
    @Inject(UserStore) private readonly users: UserStore,
    private readonly keys: ApiKeyStore,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { users, keys, settings } = this;
    // A store of the host's own is the host's affair.
    if (!settings.production || !(users instanceof UserFile)) return;
    try {
      if ((await users.list()).length > 0) return;
    } catch (error) {
      this.logger.error(`${thrownText(error)}. Nobody can log in until then`);
      return;
    }
    // A server that only machines use needs no users. Where keys cannot be listed now, there may be some.
    if (settings.apiKeys && (await mayHaveKeys(keys))) return;
    this.logger.warn(nobodyIn(users.path));
  }
}

async function mayHaveKeys(keys: ApiKeyStore): Promise<boolean> {
  try {
    return (await keys.list()).length > 0;
  } catch {
    return true;
  }
}

function nobodyIn(file: string): string {
  const path = resolve(file);
  const command = `npx -p @millrace/cli millrace-user add <name> --file ${/\s/.test(path) ? `'${path}'` : path}`;
  return `Nobody can log in: there are no users in ${path}. Add one: ${command} (the server may run meanwhile; in a checkout: npm run user -- add <name>)`;
}
