import * as connectivity from '@millrace/connectivity';
import * as connectivityRedis from '@millrace/connectivity/redis';
import * as millraceCore from '@millrace/core';
import { type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as fastify from '@nestjs/platform-fastify';
import { startApplication } from '../support/applications.js';
import { readmeCommands, readmeExample } from '../support/readme-example.js';
import { startRedis } from '../support/redis.js';
import { runExample } from '../support/run-example.js';
import { waitFor } from '../support/waiting.js';
import { RegistryClient, wire } from './registry-client.js';

const MODULES: Record<string, unknown> = {
  '@nestjs/common': common,
  '@nestjs/core': core,
  '@nestjs/platform-fastify': fastify,
  '@millrace/core': millraceCore,
  '@millrace/connectivity': connectivity,
  '@millrace/connectivity/redis': connectivityRedis,
};

/** What a command with curl sends. */
function curl(command: string): { url: string; headers: Record<string, string>; body: string | undefined } {
  const url = /(localhost:\d+\S*)/.exec(command)?.[1] ?? '';
  const [, name, value] = /-H '([^:]+): ([^']+)'/.exec(command) ?? [];
  const body = /-d '([^']+)'/s.exec(command)?.[1];
  return { url, headers: name && value ? { [name]: value } : {}, body };
}

// The adapter for requests without Host is run by its own suite.
describe('Examples of the README', () => {
  it('the application, and the commands below it', async () => {
    const code = readmeExample('connectivity', 'Example').replace('NestFactory.create', 'create').replace('5000', '0');
    const create = (type: Type, adapter: never): unknown => core.NestFactory.create(type, adapter, { logger: false });
    const app = await runExample<INestApplication>(code, 'app', MODULES, { create });
    try {
      const { port } = app.getHttpServer().address() as { port: number };
      const commands = readmeCommands('connectivity', 'Example').map(curl);
      expect(commands).toHaveLength(3);
      const send = ({ url, headers, body }: ReturnType<typeof curl>): Promise<Response> =>
        fetch(
          `http://${url.replace('5000', String(port))}`,
          body === undefined ? {} : { method: 'POST', headers, body },
        );
      const [published, found, watched] = [
        await send(commands[0]!),
        await send(commands[1]!),
        await send(commands[2]!),
      ];
      expect([published.status, await published.text()]).toEqual([200, 'OK']);
      expect(await found.json()).toEqual([
        { uid: 'trigger', uri: 'tcp://host:1234', data_type: 'TPSet', connection_type: 1, capacity: 0 },
      ]);
      const reader = watched.body?.getReader();
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toMatch(/^event: snapshot\n.*\n.*"trigger"/);
      await reader?.cancel();
    } finally {
      await app.close();
    }
  });

  it('code of the host', async () => {
    const Readout = await runExample<Type>(readmeExample('connectivity', 'In your own code'), 'Readout', MODULES);
    const registry = connectivity.ConnectivityModule.forRoot({ isGlobal: true });
    const running = await startApplication([registry, { module: class Host {}, providers: [Readout] }]);
    try {
      const client = new RegistryClient(running.url);
      await waitFor('the announcement', async () => {
        const { text } = await client.lookup('session-1', 'readout', 'Fragment');
        return text.includes('tcp://host:4000');
      });
      const triggers = running.app.get<{ triggers(): Promise<string[]> }>(Readout, { strict: false }).triggers();
      await client.publish('session-1', [wire('trigger-1', { data_type: 'TPSet', uri: '1' })]);
      await client.publish('session-1', [wire('trigger-2', { data_type: 'TPSet', uri: '2' })]);
      expect(await triggers).toEqual(['1', '2']);
    } finally {
      await running.close();
    }
  });

  it('several instances on one Redis', async () => {
    const redis = await startRedis();
    // A machine that stands still for a while is no fault of the example.
    const code = readmeExample('connectivity', 'Several instances').replace(
      "'redis://127.0.0.1:6379'",
      `'${redis.url}', commandTimeout: '30s'`,
    );
    const start = async () => startApplication([await runExample<DynamicModule>(code, 'connectivity', MODULES)]);
    const [one, two] = [await start(), await start()];
    try {
      await new RegistryClient(one.url).publish('p', [wire('a')]);
      expect(await new RegistryClient(two.url).names('p', 'a')).toEqual(['a']);
    } finally {
      await one.close();
      await two.close();
      await redis.stop();
    }
  });
});
