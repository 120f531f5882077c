import { FOLDER, known } from '../../app/configuration.js';
import { server } from '../../app/servers.js';

/** Names of the documents, as the console serves them below `api/`. */
export type DocumentName = 'openapi.json' | 'asyncapi.json' | 'openrpc.json';

export function addressOf(name: DocumentName): string {
  return new URL(`api/${name}`, FOLDER).href;
}

/** Where the paths of the documents begin, as the browser reaches them; without a slash at its end. */
export function hostRoot(): string {
  return new URL(known.configuration?.host ?? '/', FOLDER).href.replace(/\/$/, '');
}

export async function readDocument<Document>(name: DocumentName, signal: AbortSignal): Promise<Document> {
  return (await server('api').request('GET', `api/${name}`, undefined, { signal })) as Document;
}
