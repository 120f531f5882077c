import { resolve } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { thrownText } from '@millrace/protocol';
import { ApiKeyStore } from '../api/api-key-store.js';
import { ManagedUserStore, UserStore } from '../api/user-store.js';
import { AUTH_SETTINGS } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';

/** Says at the start of a production server that nobody can come in yet, and what changes that. */
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
    if (!settings.production || !(users instanceof ManagedUserStore)) return;
    const known = await this.listed(() => users.list(), 'Nobody can log in');
    // A server that only machines use needs no users.
    const others = settings.apiKeys ? await this.listed(() => keys.list(), 'No API key is taken') : 0;
    if (known === 0 && others === 0) this.logger.warn(nobodyIn(users.path));
  }

  /** How many there are; where they cannot be read, there may be some. */
  private async listed(list: () => Promise<readonly unknown[]>, until: string): Promise<number | undefined> {
    try {
      return (await list()).length;
    } catch (error) {
      this.logger.error(`${thrownText(error)}. ${until} until then`);
      return undefined;
    }
  }
}

function nobodyIn(file: string | undefined): string {
  if (file === undefined) return 'Nobody can log in: the store of users has none. Add one by its add()';
  const path = resolve(file);
  const command = `npx -p @millrace/cli millrace-user add <name> --file ${/\s/.test(path) ? `'${path}'` : path}`;
  return `Nobody can log in: there are no users in ${path}. Add one: ${command} (the server may run meanwhile; in a checkout: npm run user -- add <name>)`;
}
