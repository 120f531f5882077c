import 'reflect-metadata';
import { sayWhyNot } from './config/logger.js';
import { readSettings, type Settings } from './config/settings.js';
import { whyNotStarted } from './config/start-failure.js';
import { endAtSignals } from './config/start-signals.js';

/** How long what was opened before a failed start may take to end, in milliseconds. */
const FAREWELL = 1000;

// A log on a full disk, or one that nobody reads any more, must not end the server: it goes on when it can be written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const started = endAtSignals();
let settings: Settings | undefined;
try {
  settings = readSettings();
  // A wrong setting is named before everything is loaded.
  const { startApplication } = await import('./start-application.js');
  await startApplication(settings, started);
} catch (error) {
  started();
  sayWhyNot(whyNotStarted(error, settings), process.env['NODE_ENV'] === 'production');
  process.exitCode = 1;
  setTimeout(() => process.exit(), FAREWELL).unref();
}
