import * as connector from '@millrace/connector';
import * as millraceCore from '@millrace/core';
import type { INestApplication, INestApplicationContext, Type } from '@nestjs/common';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import { transformSync } from '@swc/core';
import { readmeExample } from '../support/readme-example.js';
import { waitFor } from '../support/waiting.js';

const MODULES: Record<string, unknown> = {
  '@nestjs/common': common,
  '@nestjs/core': core,
  '@millrace/core': millraceCore,
  '@millrace/connector': connector,
};

/** Runs an example; answers what it leaves in variables. */
async function run<Result>(code: string, result: string, given: Record<string, unknown>): Promise<Result> {
  const body = code.replace(/^import \{([^}]*)\} from '([^']+)';$/gm, (_all, names: string, name: string) => {
    return `const {${names.replace(/type \w+,?/g, '')}} = load('${name}');`;
  });
  const { code: compiled } = transformSync(`export async function run(load) {\n${body}\nreturn ${result};\n}`, {
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  const exported: { run?: (load: (name: string) => unknown) => Promise<Result> } = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function('exports', ...Object.keys(given), compiled)(exported, ...Object.values(given));
  return exported.run!((name) => MODULES[name]);
}

it('the examples of the README: a hub, and a connector that talks to it', async () => {
  const lines: unknown[][] = [];
  const console = { log: (...line: unknown[]): void => void lines.push(line) };
  const quiet = { logger: false } as const;
  const create = (type: Type): Promise<INestApplication> => core.NestFactory.create(type, quiet);
  const context = (type: Type): Promise<INestApplicationContext> =>
    core.NestFactory.createApplicationContext(type, quiet);

  const hubCode = readmeExample('connector', 'A hub')
    .replace('NestFactory.create', 'create')
    .replace('listen(3000)', "listen(0, '127.0.0.1')");
  const { app: hub, Heating } = await run<{ app: INestApplication; Heating: Type<{ warmUp(): Promise<unknown> }> }>(
    hubCode,
    '{ app, Heating }',
    { create, console },
  );
  const connectorCode = readmeExample('connector', 'A connector')
    .replace('NestFactory.createApplicationContext', 'context')
    .replace('http://localhost:3000', await hub.getUrl());
  // Its listener for signals would stay with the test's own process.
  const app = await run<INestApplicationContext>(connectorCode.replace('app.enableShutdownHooks();', ''), 'app', {
    context,
  });
  try {
    await waitFor('the notification', () => lines.length > 0);
    expect(lines).toEqual([['thermostat', { started: true }]]);
    const rows = [0, 1, 2].map((index) => expect.objectContaining({ index }) as unknown);
    expect(await hub.get(Heating).warmUp()).toEqual(rows);
    expect(await hub.get(connector.ConnectorHub).query('thermostat', {})).toEqual([{ index: 0, target: 22 }]);
  } finally {
    await app.close();
    await hub.close();
  }
});
