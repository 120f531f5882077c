import 'reflect-metadata';
import { readSettings } from './config/settings.js';

try {
  const settings = readSettings();
  // A wrong setting is named before everything is loaded.
  const { startApplication } = await import('./start-application.js');
  await startApplication(settings);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
