import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import { AuthModule, fileUsers, type ManagedUserStore } from '@millrace/auth';
import { ConnectivityModule, memoryRegistry } from '@millrace/connectivity';
import { ConnectorHubModule, MemorySourceStore } from '@millrace/connector';
import { ConsoleModule, type ConsolePart } from '@millrace/console';
import { RpcModule } from '@millrace/rpc';
import { embeddedStore, StreamStoreModule } from '@millrace/stream-store';
import {
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
  type StartOptions,
} from '../../support/applications.js';

/** Password of every user. */
export const PASSWORD = 'correct horse battery';

/** Who may log in, and what each may do. */
export const USERS: Readonly<Record<string, readonly string[]>> = {
  admin: ['*'],
  reader: ['streams:read', 'connectivity:read', 'sources:read'],
  nobody: ['streams:read:nothing-of-that-name'],
};

export interface ConsoleApplication extends RunningApplication {
  /** Where the console is. */
  readonly console: string;
  /** Where it listens, for a proxy before it. */
  readonly port: number;
  readonly users: ManagedUserStore;
}

/** What a suite has beside what every console of the tests has. */
interface ConsoleAdditions {
  readonly imports?: (Type | DynamicModule)[];
  readonly jobs?: ConsolePart;
}

/** An application with every module and a console, and with users in a file. */
export async function startConsole(
  adapter: HttpAdapterName,
  { imports = [], jobs, ...options }: StartOptions & ConsoleAdditions = {},
): Promise<ConsoleApplication> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-console-'));
  const users = fileUsers({ path: join(directory, 'users.json') });
  for (const [name, scopes] of Object.entries(USERS)) await users.add({ name, password: PASSWORD, scopes });
  const running = await startApplication(
    [
      AuthModule.forRoot({
        jwt: { secret: 'a secret of thirty-two letters and more' },
        users,
        dataDirectory: directory,
      }),
      StreamStoreModule.forRoot({ store: embeddedStore({ directory: join(directory, 'streams') }), isGlobal: true }),
      ConnectivityModule.forRoot({ registry: memoryRegistry(), isGlobal: true }),
      ConnectorHubModule.forRoot({ store: new MemorySourceStore(), isGlobal: true }),
      RpcModule.forRoot({ isGlobal: true }),
      ConsoleModule.forRoot({ title: 'Test bench', jobs }),
      ...imports,
    ],
    { ...options, adapter },
  );
  return {
    ...running,
    console: `${running.url}/console`,
    port: Number(new URL(running.url).port),
    users,
    close: async () => {
      await running.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
