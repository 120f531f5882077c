// Works on files as its parent says: `[job, ...arguments]`, and answers with what came of it.
import { ApiKeyFile, UserFile } from '@millrace/accounts';
import { holdFolder, withFileLock } from '@millrace/files';

const jobs = {
  /** Claims a folder, at a time that others are given too. */
  hold(folder, at = 0) {
    while (Date.now() < at);
    holdFolder(folder);
    return 'held';
  },
  async keys(folder, prefix, count) {
    for (let n = 0; n < count; n += 1) await ApiKeyFile.in(folder).create({ name: `${prefix}${n}`, scopes: ['a'] });
  },
  async users(folder, prefix, count) {
    for (let n = 0; n < count; n += 1) await UserFile.in(folder).add({ name: `${prefix}${n}`, password: 'a password' });
  },
  /** Stands in the middle of a change until it gets another message, and then writes. */
  change(path, text) {
    return withFileLock(path, async (replace) => {
      process.send('inside');
      await new Promise((resolve) => process.once('message', resolve));
      await replace(text);
    });
  },
  /** Changes a file when it is free within some milliseconds. */
  quickly(path, text, patience) {
    return withFileLock(path, (replace) => replace(text), patience);
  },
};

process.once('disconnect', () => process.exit());
process.once('message', async function work([job, ...parameters]) {
  try {
    process.send((await jobs[job](...parameters)) ?? 'done');
  } catch (error) {
    process.send({ refused: `${error.name}: ${error.message}` });
  }
  process.once('message', work);
});
process.send('ready');
