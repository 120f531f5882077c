import { has } from '../../app/servers.js';
import { addressOf, type DocumentName } from './documents.js';

/** The documents themselves, for generators of clients and for other programs. */
export function DocumentLinks() {
  const names: [DocumentName, string][] = [
    ['openapi.json', 'OpenAPI'],
    ['asyncapi.json', 'AsyncAPI'],
    ...(has('methods') ? ([['openrpc.json', 'OpenRPC']] as [DocumentName, string][]) : []),
  ];
  return (
    <>
      {names.map(([name, text]) => (
        <a key={name} href={addressOf(name)} download={name}>
          {text}
        </a>
      ))}
    </>
  );
}
