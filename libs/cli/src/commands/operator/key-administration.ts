import { ApiKeyFile, type ApiKeyRecord } from '@millrace/accounts';
import { ProtocolError } from '@millrace/client';
import type { CommandSession } from '../../command-session.js';
import { dataFolder, type OperatorOptions } from './data-folder.js';

/** What a new key is to be. */
export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  /** As `90d` or `2030-01-31T12:00:00Z`; null: never. */
  readonly expires: string | null;
}

/** A key that was just made, the only time it is there to be shown. */
export interface CreatedKey extends ApiKeyRecord {
  readonly key: string;
}

/** The API keys of a server. */
export interface KeyAdministration {
  create(request: KeyRequest): Promise<CreatedKey>;
  list(): Promise<readonly ApiKeyRecord[]>;
  /** @returns false when there is no such key */
  revoke(id: string): Promise<boolean>;
}

/** The keys in a data folder, or those of a running server. */
export async function keyAdministration(session: CommandSession, options: OperatorOptions): Promise<KeyAdministration> {
  const folder = dataFolder(session, options);
  return folder === undefined ? keysOfServer(session) : keysOfFolder(folder);
}

function keysOfFolder(folder: string): KeyAdministration {
  const keys = ApiKeyFile.in(folder);
  return {
    create: async (request) => {
      const { record, key } = await keys.create(request);
      return { ...record, key };
    },
    list: () => keys.list(),
    revoke: (id) => keys.revoke(id),
  };
}

async function keysOfServer(session: CommandSession): Promise<KeyAdministration> {
  const millrace = await session.connect();
  const { signal } = session;
  return {
    create: async (request) => {
      const created = (await millrace.request('POST', 'keys', request, { signal })) as Partial<CreatedKey> | undefined;
      if (typeof created?.key !== 'string') throw new ProtocolError('The answer of POST /keys holds no key');
      return created as CreatedKey;
    },
    list: async () => (await millrace.request('GET', 'keys', undefined, { signal })) as ApiKeyRecord[],
    revoke: async (id) => {
      await millrace.request('DELETE', `keys/${encodeURIComponent(id)}`, undefined, { signal });
      return true;
    },
  };
}
