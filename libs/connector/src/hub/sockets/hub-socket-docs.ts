import type { SocketDocs, SocketMessageDocs } from '@millrace/core/sockets';

const operation = (
  name: string,
  summary: string,
  example: Readonly<Record<string, unknown>>,
  required: readonly string[],
): SocketMessageDocs => ({
  name,
  summary,
  contentType: 'application/json',
  schema: {
    type: 'object',
    required: ['op', ...required],
    properties: {
      op: { const: name },
      resourceName: { type: 'string' },
      resourceId: { type: 'string', description: 'Name of the source' },
      object: { description: 'The payload' },
      parameters: { type: 'object' },
      messageHeaders: { type: 'object' },
    },
  },
  example: { op: name, ...example },
});

const response = (name: string, summary: string, example: unknown): SocketMessageDocs => ({
  name,
  summary,
  contentType: 'application/json',
  schema: {
    type: 'object',
    required: ['status'],
    properties: {
      status: { type: 'integer' },
      headers: { type: 'object', properties: { 'X-Reply-Address': { type: 'string' } } },
      body: {},
    },
  },
  example,
});

const source = { resourceName: 'sources', resourceId: 'thermostat' };

/** What the hub's socket says of itself; the AsyncAPI document is made from it. */
export const hubSocketDocs: SocketDocs = {
  title: 'Connector hub',
  description:
    'Connectors serve one source on each socket: they authenticate, claim the source, get its configuration, take ' +
    'publishes and queries, and send notifications. Text and binary frames are answered in kind.',
  params: { version: 'v and digits; every version is served alike' },
  receives: [
    operation('validate', 'Authenticates by a token', { resourceName: 'system.credentials', object: '<token>' }, [
      'object',
    ]),
    operation(
      'authenticate',
      'Authenticates by name and password',
      { resourceName: 'system.credentials', object: { username: 'ada', password: '<password>' } },
      ['object'],
    ),
    operation('connectExtension', 'Claims a source', { ...source, parameters: { reconnectSecret: '<secret>' } }, [
      'resourceName',
      'resourceId',
    ]),
    operation('notification', 'An event of the source', { ...source, object: { celsius: 21.5 } }, ['object']),
    response('queryResponse', 'Answers a query: 100 partial, 200 last, 204 nothing more, from 300 on an error', {
      status: 200,
      headers: { 'X-Reply-Address': '5f0c…' },
      body: [{ celsius: 21.5 }],
    }),
  ],
  sends: [
    operation('configureExtension', 'The claim succeeded', { ...source, object: { config: {} } }, [
      'resourceId',
      'object',
    ]),
    operation('publish', 'A message for the source', { ...source, object: { target: 22 } }, ['resourceId']),
    operation(
      'query',
      'A query; its responses carry the address',
      { ...source, object: {}, messageHeaders: { REPLY_ADDR_HEADER: '5f0c…' } },
      ['resourceId', 'messageHeaders'],
    ),
    operation('reconnectRequired', 'Asks for a new claim', source, ['resourceId']),
    response('status', 'Acknowledges a notification or query response, or refuses', { status: 200 }),
  ],
};
