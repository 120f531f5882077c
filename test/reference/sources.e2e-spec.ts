import { request } from 'node:http';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

interface Reading {
  readonly time: string;
  readonly temperature: number;
  readonly target: number;
}

/** The chunks in which the server has sent an answer. `fetch` puts those together that have come before it looks. */
function chunksOf(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ type: string | undefined; chunks: string[] }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'POST', agent: false, headers }, (response) => {
      const chunks: string[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
      response.once('error', reject);
      response.once('end', () => resolve({ type: response.headers['content-type'], chunks }));
    });
    asking.once('error', reject).end(body);
  });
}

describe('The hub and the demonstration thermostat in the reference application', () => {
  const data = dataDirectory();
  let running: RunningReference;
  let token: string;
  beforeAll(async () => {
    running = await startReference(data.path, { MILLRACE_DEMO: 'on' });
    token = await login(running.url);
  });
  afterAll(async () => {
    await running.stop();
    data.remove();
  });

  const call = (path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) =>
    fetch(`${running.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const query = (body: unknown) => call('/sources/thermostat/query', { method: 'POST', body });
  const readings = async () => (await (await query({ count: 600 })).json()) as Reading[];

  it('shows the thermostat in GET /sources, which asks for a token', async () => {
    expect((await fetch(`${running.url}/sources`)).status).toBe(401);
    await waitFor('the connector', async () => {
      const [source] = (await (await call('/sources')).json()) as { state: string }[];
      return source?.state === 'connected';
    });
    const list = await (await call('/sources')).json();
    expect(list).toMatchObject([{ name: 'thermostat', state: 'connected', openQueries: 0 }]);
  });

  it('answers a query over HTTP, with partial results as they come', async () => {
    // Readings come each 100 ms from here on.
    const changed = await call('/sources/thermostat', { method: 'PUT', body: { target: 21, interval: 100 } });
    expect(changed.status).toBe(204);
    await waitFor(
      'five readings at the new pace',
      async () => (await readings()).filter(({ target }) => target === 21).length >= 5,
    );
    const { type, chunks } = await chunksOf(
      `${running.url}/sources/thermostat/query`,
      { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: 'application/x-ndjson' },
      JSON.stringify({ count: 5 }),
    );
    expect(type).toContain('application/x-ndjson');
    expect(chunks.length).toBeGreaterThan(1);
    const rows = chunks.join('').trim().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as Reading).target)).toEqual([21, 21, 21, 21, 21]);
    const refused = await query({ count: 0 });
    expect([refused.status, await refused.json()]).toMatchObject([
      502,
      { detail: { messageCode: 'millrace.demo.count' } },
    ]);
  });

  it('takes a set-point, and its stream moves', async () => {
    const path = `/data/${encodeURIComponent('source:thermostat')}`;
    const newest = async () => (await (await call(`${path}?count=1`)).json()) as Reading;
    const before = await newest();
    expect((await call('/sources/thermostat/publish', { method: 'POST', body: { target: 25 } })).status).toBe(202);
    await waitFor('the set-point in the stream', async () => {
      const { target, time } = await newest();
      return target === 25 && time > before.time;
    });
  });

  it('is documented, measured and checked', async () => {
    const openApi = (await (await fetch(`${running.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    expect(openApi.paths['/sources/{name}/query']?.['post']?.operationId).toBe('querySource');
    expect(Object.keys(openApi.paths)).toEqual(
      expect.arrayContaining(['/sources', '/sources/{name}', '/sources/{name}/reconnect']),
    );
    expect(await (await fetch(`${running.url}/docs/asyncapi.json`)).text()).toContain('Connector hub');
    expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(
      /millrace_hub_notifications_total\{source="thermostat"\} [1-9]/,
    );
    const health = (await (await fetch(`${running.url}/health`)).json()) as { info: Record<string, unknown> };
    expect(health.info['sources']).toMatchObject({ status: 'up', connected: 1 });
  });
});
