import { spawn } from 'node:child_process';
import { rawRequest } from '../connectivity/raw-http.js';
import { RegistryClient, wire } from '../connectivity/registry-client.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

describe('The registry of connections in the reference application', () => {
  const data = dataDirectory();
  let running: RunningReference;
  let client: RegistryClient;
  beforeAll(async () => {
    running = await startReference(data.path, {
      // Long enough for what is asked for next to find what was published, on a machine that stalls meanwhile.
      ENTRY_TTL: '10',
      CONNECTION_FLASK_DEBUG: '1',
      MILLRACE_STORE: 'memory',
    });
    client = new RegistryClient(running.url);
  });
  afterAll(async () => {
    await running.stop();
    data.remove();
  });

  /** Exactly what the C++ client sends: two headers, no Host, a connection a request, members in alphabetical order. */
  const asConfigClient = (path: string, body: string) =>
    rawRequest(running.url, { path, body, headers: { 'Content-Type': 'application/json' } });

  it("connectivity#1 #3 #39: serves the C++ client's requests, its last retraction after expiry included", async () => {
    const connection =
      '{"connection_type":1,"data_type":"TPSet","uid":"conn_A0_G0_C1_","uri":"tcp://192.168.1.100:1234"}';
    const publication = `{"connections":[${connection}],"partition":"session-1"}`;
    expect(await asConfigClient('/publish', publication)).toMatchObject({ status: 200, text: 'OK' });
    const question = '{"data_type":"TPSet","uid_regex":"conn_A0_G0_.*"}';
    const found = await asConfigClient('/getconnection/session-1', question);
    expect(found.status).toBe(200);
    expect(JSON.parse(found.text)).toEqual([
      { uid: 'conn_A0_G0_C1_', uri: 'tcp://192.168.1.100:1234', data_type: 'TPSet', connection_type: 1, capacity: 0 },
    ]);
    await waitFor('the expiry', async () => (await asConfigClient('/getconnection/session-1', question)).text === '[]');
    const retraction =
      '{"connections":[{"connection_id":"conn_A0_G0_C1_","data_type":"TPSet"}],"partition":"session-1"}';
    expect(await asConfigClient('/retract', retraction)).toMatchObject({ status: 200, text: 'OK' });
    expect((await asConfigClient('/retract', '{"connections":[],"partition":"session-1"}')).status).toBe(404);
  });

  it("connectivity#29 #34 #35 #43: serves the Python client's requests within its patience of half a second", async () => {
    const python = spawn('python3', ['-c', PYTHON_CLIENT, running.url]);
    let output = '';
    python.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    python.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => python.once('close', resolve));
    expect([code, output.trim()]).toEqual([0, '200 200 1 200 404 200 200 404 200']);
  });

  it('connectivity#58: says at debug level 1 how long calls took', () => {
    expect(running.output()).toMatch(/publish: 1 entries in \d+ µs/);
    expect(running.output()).not.toContain('"connections"');
  });

  it('connectivity#57: asks for a token where the area is not public', async () => {
    const closed = dataDirectory();
    const guarded = await startReference(closed.path, { MILLRACE_PUBLIC: 'rpc', MILLRACE_STORE: 'memory' });
    try {
      const stranger = new RegistryClient(guarded.url);
      expect((await stranger.publish('p', [wire('a')])).status).toBe(401);
      expect((await stranger.get('/stats')).status).toBe(401);
      expect((await stranger.get('/live')).status).toBe(200);
      const headers = { Authorization: `Bearer ${await login(guarded.url)}` };
      expect((await stranger.lookup('p', '.*', 'T', headers)).status).toBe(404);
      expect((await stranger.publish('p', [wire('a')], headers)).status).toBe(200);
      expect((await stranger.lookup('p', '.*', 'T', headers)).text).toContain('"uid":"a"');
    } finally {
      await guarded.stop();
      closed.remove();
    }
  });

  it('is documented, measured and checked', async () => {
    const openApi = JSON.parse((await client.get('/openapi.json')).text) as { paths: Record<string, unknown> };
    for (const path of ['/publish', '/getconnection/{partition}', '/retract', '/connections/{partition}/watch'])
      expect(Object.keys(openApi.paths)).toContain(path);
    expect((await client.get('/docs/asyncapi.json')).text).toContain('Watch connections');
    expect((await client.get('/health')).text).toContain('connectivity');
    expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(/millrace_connectivity_publish_total \d/);
  });
});

/** Run control's client, on the standard library: a connection a request. Its half a second of patience is for a quiet machine. */
const PYTHON_CLIENT = `
import json, sys, urllib.error, urllib.parse, urllib.request
url = sys.argv[1]
results = []
def call(path, body=None, kind='application/json'):
    headers = {'Accept': '*/*', 'Accept-Encoding': 'gzip, deflate'}
    if body is not None: headers['Content-Type'] = kind
    request = urllib.request.Request(url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            results.append(reply.status)
            return reply.read().decode()
    except urllib.error.HTTPError as error:
        results.append(error.code)
def send(path, value): return call(path, json.dumps(value).encode())
def publish(): send('/publish', {'partition': 'python', 'connections': [{'connection_type': 0,
    'data_type': 'RunControlMessage', 'uid': 'root-controller_control', 'uri': 'grpc://host:3333'}]})
call('/')
publish()
found = json.loads(send('/getconnection/python', {'data_type': 'RunControlMessage', 'uid_regex': 'root-controller_control'}))
results[-1] = len(found)
gone = {'partition': 'python', 'connections': [{'connection_id': 'root-controller_control', 'data_type': 'run-control-messages'}]}
send('/retract', gone)
send('/retract', gone)
publish()
call('/retract-partition', urllib.parse.urlencode({'partition': 'python'}).encode(), 'application/x-www-form-urlencoded')
call('/retract-partition', json.dumps({'partition': 'python'}).encode())
publish()
print(*results)
`;
