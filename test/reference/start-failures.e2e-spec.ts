import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { dataDirectory, failingReference, startReference } from '../support/reference.js';

const PRODUCTION = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40) };

/** What no operator needs to see. */
const DUMP = /^ +at |ExceptionHandler|response: ?\{|\[cause\]|errno|secretpw/m;

const directory = dataDirectory();
afterAll(() => directory.remove());
const path = (name: string): string => join(directory.path, name);

/** Starts it where it must fail, and answers its last line. */
async function lastWords(environment: Record<string, string>): Promise<string> {
  const { code, output } = await failingReference(directory.path, { MILLRACE_DEMO: 'off', ...environment });
  expect(code).toBe(1);
  expect(output).not.toMatch(DUMP);
  return output.trimEnd().split('\n').at(-1) ?? '';
}

describe('A start that fails', () => {
  beforeAll(() => {
    writeFileSync(path('file'), 'a file');
  });

  it.each([
    ['a data folder that is a file', { MILLRACE_DATA_DIR: 'file' }, 'file/streams', 'choose another place'],
    ['a data folder below a file', { MILLRACE_DATA_DIR: 'file/data' }, 'file/data/streams', 'choose another place'],
    ['a certificate that is not there', { TLS_CERT: 'no.pem', TLS_KEY: 'no.key' }, 'no.pem', 'PEM file'],
    ['a certificate that is none', { TLS_CERT: 'file', TLS_KEY: 'file' }, 'file', 'PEM file'],
    ['a signing key that is not there', { MILLRACE_JWT_KEY_FILE: 'no.pem' }, 'no.pem', 'there is no such file'],
    ['a signing key that is a folder', { MILLRACE_JWT_KEY_FILE: '.' }, '', 'there is a folder where a file must be'],
  ])('for %s, names the absolute path and what to do', async (_what, environment, name, remedy) => {
    const said = await lastWords(environment);
    expect(said).toContain(join(directory.path, name));
    expect(said).toContain(remedy);
  });

  it('for a .env that is a folder, names it', async () => {
    mkdirSync(path('.env'));
    expect(await lastWords({})).toBe(
      `${path('.env')} cannot be used: there is a folder where a file must be; move it away`,
    );
  });

  it.each([
    ['PORT', {}],
    ['PLAIN_PORT', { PORT: '0' }],
  ])('for a %s in use, names host, port and variable', async (variable, environment) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const data = dataDirectory();
    const given = { ...environment, [variable]: `${port}`, MILLRACE_DATA_DIR: data.path };
    const { code, output } = await failingReference(data.path, given);
    expect(code).toBe(1);
    expect(output).not.toMatch(DUMP);
    expect(output).toContain(`Another process listens on port ${port} of 127.0.0.1. End it, or set ${variable}`);
    data.remove();
    taken.close();
  });

  it('for a Redis that is away, names host and port and not the login, as JSON in production', async () => {
    const data = dataDirectory();
    const port = await freePort();
    const environment = { ...PRODUCTION, REDIS_URL: `redis://user:secretpw@127.0.0.1:${port}/0` };
    const { code, output } = await failingReference(data.path, { MILLRACE_DEMO: 'off', ...environment });
    expect(code).toBe(1);
    expect(output).not.toMatch(DUMP);
    const lines = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: string });
    const [last] = lines.filter(({ level }) => level === 'fatal');
    expect(last?.message).toMatch(new RegExp(`within 10000 ms at 127\\.0\\.0\\.1:${port} .*is it running\\?$`));
    data.remove();
  });
});

describe('The log of production', () => {
  it('is JSON line by line, says where the server listens, and warns of missing users by the command that adds one', async () => {
    const data = dataDirectory();
    const running = await startReference(data.path, PRODUCTION);
    const lines = running
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: string });
    expect(lines.map(({ message }) => message)).toContain(`Millrace is listening on ${running.url}`);
    const file = join(data.path, 'users.json');
    const [warning] = lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warning).toContain(
      `there are no users in ${file}. Add one: npx -p @millrace/cli millrace-user add <name> --file ${file}`,
    );
    await running.stop();
    data.remove();
  });
});
