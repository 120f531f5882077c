import 'reflect-metadata';
import { thrownText } from '@millrace/protocol';
import { readSettings } from './config/settings.js';

// A log on a full disk, or one that nobody reads any more, must not end the server: it goes on when it can be written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  const settings = readSettings();
  // A wrong setting is named before everything is loaded.
  const { startApplication } = await import('./start-application.js');
  await startApplication(settings);
} catch (error) {
  console.error(thrownText(error));
  process.exitCode = 1;
}
