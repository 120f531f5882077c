import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);

/** What was pushed, and how it is passed on. */
const PASSED: readonly (readonly [pushed: string, passed: string])[] = [
  ['{"t":1700000000123456789}', '{"t":1700000000123456789}'],
  ['[1e400, -0, 1.10, 1E5]', '[1e400,-0,1.10,1E5]'],
  ['{"b": 1, "a": 2, "2": 3, "1": 4}', '{"b":1,"a":2,"2":3,"1":4}'],
  ['{"a": 1,\r\n "a": 2}\n', '{"a":1,"a":2}'],
  ['["\\ud800", " \\u00e9 ", "é\u2028流"]', '["\\ud800"," \\u00e9 ","é\u2028流"]'],
  ['\ufeff{"bom": true}', '{"bom":true}'],
  [DEEP, DEEP],
];

describe.each(HTTP_ADAPTERS)('stream-store#51: JSON is passed on as it was written, on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
    await store.append(
      'json',
      PASSED.map(([pushed]) => Buffer.from(pushed)),
    );
  });
  afterAll(() => running.close());

  it('over REST', async () => {
    const response = await fetch(`${running.url}/data/json?output=json&count=100`);
    expect(await response.text()).toBe(PASSED.map(([, passed]) => passed).join(''));
  });

  it('over a pull socket', async () => {
    const url = `${running.url.replace('http', 'ws')}/data/json/pull?last_entry_id=0&output=json`;
    const client = await SocketClient.open(url);
    for (const [, passed] of PASSED) {
      await client.nextText();
      expect((await client.next()).data.toString()).toBe(passed);
    }
    await client.close();
  });

  it('as server-sent events', async () => {
    const controller = new AbortController();
    const response = await fetch(`${running.url}/data/json?last_entry_id=0`, {
      headers: { Accept: 'text/event-stream' },
      signal: controller.signal,
    });
    let text = '';
    const decoder = new TextDecoder();
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    })().catch(() => undefined);
    await waitFor('the last event', () => text.includes(`${DEEP}}\n\n`));
    for (const [, passed] of PASSED) expect(text.includes(`,"data":${passed}}\n\n`)).toBe(true);
    expect(text).not.toContain('unreadable');
    controller.abort();
    await reading;
  });
});
