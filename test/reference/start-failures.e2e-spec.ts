import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory, logLines, PRODUCTION, startReference } from '../support/reference.js';
import { lastWords } from './support/last-words.js';

const directory = dataDirectory();
afterAll(() => directory.remove());
const path = (name: string): string => join(directory.path, name);

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
    const said = await lastWords(directory.path, environment);
    expect(said).toContain(join(directory.path, name));
    expect(said).toContain(remedy);
  });

  it('for a .env that is a folder, names it', async () => {
    mkdirSync(path('.env'));
    expect(await lastWords(directory.path, {})).toBe(
      `${path('.env')} cannot be used: there is a folder where a file must be; move it away`,
    );
  });
});

describe('The log of production', () => {
  it('is JSON line by line, says where the server listens, and warns of missing users by the command that adds one', async () => {
    const data = dataDirectory();
    const running = await startReference(data.path, PRODUCTION);
    const lines = logLines(running.output());
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
