import { ServiceUnavailableError } from '@millrace/client/browser';
import type { ConsoleConfiguration } from '../../src/features/console-configuration.js';

export type { ConsoleConfiguration, FeatureName, FeaturePlace } from '../../src/features/console-configuration.js';

/** The folder of the console, as the browser reached it. */
export const FOLDER = new URL(
  document.querySelector<HTMLMetaElement>('meta[name="console-folder"]')?.content ?? './',
  location.href,
);

/** What the server has said; known before any page is shown. */
export const known: { configuration?: ConsoleConfiguration } = {};

/** Asks the server what it has. @throws Error with a text for the user */
export async function readConfiguration(): Promise<ConsoleConfiguration> {
  const answer = await fetch(new URL('config.json', FOLDER)).catch((cause: unknown) => {
    throw new ServiceUnavailableError('The server does not answer', { cause });
  });
  if (!answer.ok) throw new Error(`The server answered ${answer.status} when it was asked what it has.`);
  return (known.configuration = (await answer.json()) as ConsoleConfiguration);
}
