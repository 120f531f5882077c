import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountSmallDisk } from '../stream-store/support/small-disk.js';
import { dataDirectory, startReference } from '../support/reference.js';
import { lastWords, MODES } from './support/last-words.js';

const NOBODY = 65_534;

describe.each(MODES)(
  'A start in %s that cannot use its data folder names it, and says what to do',
  (_mode, production) => {
    const directory = dataDirectory();
    beforeAll(() => {
      if (process.getuid?.() !== 0) {
        throw new Error('This test gives up its rights and mounts disks of its own: run it as root on Linux');
      }
      // Another user comes in, and no further.
      chmodSync(directory.path, 0o755);
    });
    afterAll(() => directory.remove());
    const path = (name: string): string => join(directory.path, name);
    const within = (name: string): Record<string, string> => ({ MILLRACE_DATA_DIR: path(name) });

    it('where nothing may be made beside it', async () => {
      const said = await lastWords(directory.path, within('new'), { production, uid: NOBODY });
      expect(said).toContain(path('new'));
      expect(said).toContain('the user that runs this process has no right to it; give it the right');
    });

    it('where it is of another user', async () => {
      mkdirSync(path('others'), { recursive: true, mode: 0o700 });
      const said = await lastWords(directory.path, within('others'), { production, uid: NOBODY });
      expect(said).toContain(path('others'));
      expect(said).toContain('the user that runs this process has no right to it; give it the right');
    });

    it('where a file in it is of another user', async () => {
      mkdirSync(path('mixed/streams'), { recursive: true });
      writeFileSync(path('mixed/streams/process.lock'), '', { mode: 0o600 });
      for (const folder of ['mixed', 'mixed/streams']) chownSync(path(folder), NOBODY, NOBODY);
      const said = await lastWords(directory.path, within('mixed'), { production, uid: NOBODY });
      expect(said).toContain(path('mixed/streams/process.lock'));
      expect(said).toContain('the user that runs this process has no right to it; give it the right');
    });

    it('on a read-only disk', async () => {
      const disk = mountSmallDisk('tmpfs');
      try {
        disk.remount('ro');
        const said = await lastWords(
          disk.directory,
          { MILLRACE_DATA_DIR: join(disk.directory, 'data') },
          { production },
        );
        expect(said).toContain(join(disk.directory, 'data'));
        expect(said).toContain('the file system is read-only; mount it for writing, or choose another place');
      } finally {
        disk.dispose();
      }
    });

    it('on a full disk', async () => {
      const disk = mountSmallDisk('tmpfs');
      try {
        disk.fill();
        const said = await lastWords(
          disk.directory,
          { MILLRACE_DATA_DIR: join(disk.directory, 'data') },
          { production },
        );
        expect(said).toContain(join(disk.directory, 'data'));
        expect(said).toMatch(/disk .*is full.*(make room on it|Free the disk)/);
      } finally {
        disk.dispose();
      }
    });

    it('where the file of the streams is damaged', async () => {
      const streams = path('damaged/streams');
      const running = await startReference(path(''), within('damaged'));
      await running.stop();
      writeFileSync(join(streams, 'streams.mdb'), 'not a database'.repeat(4096));
      const said = await lastWords(directory.path, within('damaged'), { production });
      expect(said).toContain(streams);
      expect(said).toContain('millrace repair');
    });

    it('where another process has it', async () => {
      const running = await startReference(path(''), within('held'));
      const said = await lastWords(directory.path, within('held'), { production });
      expect(said).toMatch(
        new RegExp(
          `^The directory ${path('held/streams')} is in use by process \\d+ on host .*; stop that one, or choose`,
        ),
      );
      await running.stop();
    });
  },
);
