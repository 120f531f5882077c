import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declareContract } from '@millrace/core/contract';
import { USER_STORE_CONTRACT } from '../testing/index.js';
import { fileUsers } from './file-users.js';

describe('Users of a file', () => {
  let directory: string;
  let made = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-users-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  declareContract('the contract of a store', USER_STORE_CONTRACT, {
    create: async () => {
      const path = join(directory, `ground${(made += 1)}`, 'users.json');
      return { store: fileUsers({ path }), again: async () => fileUsers({ path }) };
    },
  });
});
