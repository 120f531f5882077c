import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPython } from '../support/python.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';

const SCRIPTS = join(__dirname, '../stream-store/python');
/** Several megabytes that no compression or repetition could hide a fault in. */
const FILE_BYTES = 5 * 1024 * 1024 + 321;

describe.each(['embedded', 'redis'])('Python clients against the reference application on the %s store', (store) => {
  const directory = dataDirectory();
  let redis: RunningRedis | undefined;
  let running: RunningReference;
  beforeAll(async () => {
    redis = store === 'redis' ? await startRedis() : undefined;
    running = await startReference(directory.path, redis ? { REDIS_URL: redis.url } : {});
  });
  afterAll(async () => {
    await running.stop();
    await redis?.stop();
    directory.remove();
  });

  it('stream-store#43: the client of the PTG data store logs in, manages streams, pushes and pulls in all its ways', async () => {
    expect(await runPython(join(SCRIPTS, 'ptg_client.py'), running.url)).toBe('all done');
  }, 300_000);

  it('brings a file back byte for byte, pushed plain, acked, batched and to *', async () => {
    const file = join(directory.path, 'file');
    writeFileSync(file, randomBytes(FILE_BYTES));
    const said = await runPython(join(SCRIPTS, 'transfer.py'), running.url, await login(running.url), file);
    expect(said).toBe(`${FILE_BYTES} bytes in ${Math.ceil(FILE_BYTES / 4096)} entries, 6 streams`);
  }, 300_000);
});
