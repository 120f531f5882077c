import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiKeyFile, UserFile } from '@millrace/accounts';
import {
  dataDirectory,
  failingReference,
  logLines,
  PRODUCTION,
  type RunningReference,
  startReference,
} from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

const ENVIRONMENT = { ...PRODUCTION, MILLRACE_STORE: 'memory' };
const PASSWORD = 'a long password';
/** As a crash of another program leaves it, with what no log may show. */
const HALF = '{"users": [{"name": "secretpw';
const REMEDY = 'restore it from a copy, or remove it';

describe('A damaged file of a production server', () => {
  const directory = dataDirectory();
  afterAll(() => directory.remove());
  const path = (name: string): string => join(directory.path, name);

  /** Lines of the log from the level `warn` on. */
  const complaints = (running: RunningReference): string[] =>
    logLines(running.output()).flatMap(({ level, message }) =>
      ['warn', 'error', 'fatal'].includes(level) ? [message] : [],
    );
  const call = (running: RunningReference, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${running.url}${path}`, init);
  const login = (running: RunningReference): Promise<Response> =>
    call(running, '/token', { method: 'POST', body: new URLSearchParams({ username: 'a', password: PASSWORD }) });

  it('of users is named at the start and at each login, and users come in again once it is right', async () => {
    writeFileSync(path('users.json'), HALF);
    const running = await startReference(directory.path, ENVIRONMENT);
    const file = `The file of users, ${path('users.json')}, is not JSON; ${REMEDY}`;
    expect(complaints(running)).toEqual([`${file}. Nobody can log in until then`]);
    expect((await login(running)).status).toBe(500);
    await waitFor('the line of the login', () => complaints(running).length === 2);
    expect(complaints(running)[1]).toContain(file);
    writeFileSync(path('users.json'), '{"version":1,"users":[]}');
    await UserFile.in(directory.path).add({ name: 'a', password: PASSWORD, scopes: ['*'] });
    expect((await login(running)).status).toBe(200);
    expect(running.output()).not.toContain('secretpw');
    await running.stop();
  });

  it('of API keys is named at the start', async () => {
    await UserFile.in(directory.path).add({ name: 'a', password: PASSWORD, scopes: ['*'] });
    writeFileSync(path('api-keys.json'), HALF);
    const running = await startReference(directory.path, ENVIRONMENT);
    expect(complaints(running)).toEqual([
      `The file of API keys, ${path('api-keys.json')}, is not JSON; ${REMEDY}. No API key is taken until then`,
    ]);
    expect(running.output()).not.toContain('secretpw');
    await running.stop();
    writeFileSync(path('api-keys.json'), '{"version":1,"keys":[{}]}');
    await expect(ApiKeyFile.in(directory.path).list()).rejects.toThrow(REMEDY);
    writeFileSync(path('api-keys.json'), '{"version":1,"keys":[]}');
  });

  it('of revoked tokens is named at the start, and no token is taken until it is right', async () => {
    await UserFile.in(directory.path).add({ name: 'a', password: PASSWORD, scopes: ['*'] });
    writeFileSync(path('revoked-tokens.json'), HALF);
    const running = await startReference(directory.path, ENVIRONMENT);
    expect(complaints(running)).toEqual([
      `Revoked tokens cannot be looked up: The file of revoked tokens, ${path('revoked-tokens.json')}, is not JSON; ${REMEDY}`,
    ]);
    const refused = await login(running);
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { detail: 'Tokens cannot be checked just now; try again later' },
    ]);
    writeFileSync(path('revoked-tokens.json'), '{"version":1,"revoked":[]}');
    expect((await login(running)).status).toBe(200);
    expect(running.output()).not.toContain('secretpw');
    await running.stop();
  });

  it('of a source is named when it is read, and the other sources are served', async () => {
    await UserFile.in(directory.path).add({ name: 'a', password: PASSWORD, scopes: ['*'] });
    mkdirSync(path('sources'), { recursive: true });
    writeFileSync(path('sources/one.json'), HALF);
    writeFileSync(path('sources/two.json'), '{"right":true}');
    const running = await startReference(directory.path, ENVIRONMENT);
    const { access_token } = (await (await login(running)).json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await call(running, '/sources/one', { headers })).status).toBe(500);
    await waitFor('the line of it', () => complaints(running).length === 1);
    expect(complaints(running)[0]).toContain(
      `The file of the source "one", ${path('sources/one.json')}, is not a JSON object; ${REMEDY}`,
    );
    expect(await (await call(running, '/sources/two', { headers })).text()).toContain('"right":true');
    expect((await call(running, '/sources', { headers })).status).toBe(200);
    expect(running.output()).not.toContain('secretpw');
    await running.stop();
  });

  it('of a source that the start needs ends the start, which names it', async () => {
    writeFileSync(path('sources/thermostat.json'), HALF);
    const { code, output } = await failingReference(directory.path, { ...ENVIRONMENT, MILLRACE_DEMO: 'on' });
    expect(code).toBe(1);
    expect(output).toContain(path('sources/thermostat.json'));
    expect(output).toContain(REMEDY);
    expect(output).not.toContain('secretpw');
  });
});
