import 'reflect-metadata';
import { startApplication } from './start-application.js';

try {
  await startApplication();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
