import { connect, type Millrace } from '@millrace/client/browser';
import { type ConsoleConfiguration, type FeatureName, FOLDER } from './configuration.js';

const clients = new Map<FeatureName, Millrace>();
let methodsAt = '';

/** Makes a client for each place in which the server has something; nearly always that is one. */
export async function openClients({ features }: ConsoleConfiguration): Promise<void> {
  const byRoot = new Map<string, Millrace>();
  for (const [name, place] of Object.entries(features) as [FeatureName, { root: string; path?: string }][]) {
    const key = `${place.root}\0${place.path ?? ''}`;
    let client = byRoot.get(key);
    if (!client) {
      const endpoint = new URL(place.root, FOLDER).href;
      client = await connect({
        endpoint,
        check: false,
        onWarning: () => undefined,
        ...(place.path && { rpc: { path: place.path } }),
      });
      byRoot.set(key, client);
    }
    clients.set(name, client);
    if (name === 'methods') methodsAt = new URL(`${place.root}${place.path?.slice(1) ?? ''}`, FOLDER).href;
  }
}

/** Whether the server has it. */
export function has(feature: FeatureName): boolean {
  return clients.has(feature);
}

/** The client through which a feature is reached. @throws Error when the server does not have it */
export function server(feature: FeatureName): Millrace {
  const client = clients.get(feature);
  if (!client) throw new Error(`This server does not have: ${feature}`);
  return client;
}

/** Where the methods are called by POST, as the browser reaches it; empty when there are none. */
export function rpcAddress(): string {
  return methodsAt;
}
