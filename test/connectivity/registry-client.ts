import { type RawRequest, rawRequest, type RawResponse } from './raw-http.js';

/** One connection as it goes over the wire. */
export interface WireConnection {
  uid: string;
  uri: string;
  data_type: string;
  connection_type: number;
  capacity?: number;
}

export function wire(uid: string, more: Partial<WireConnection> = {}): WireConnection {
  return { uid, uri: `tcp://host/${uid}`, data_type: 'T', connection_type: 0, ...more };
}

/** Speaks the protocol over raw TCP, a connection a request. */
export class RegistryClient {
  constructor(readonly url: string) {}

  send(request: RawRequest): Promise<RawResponse> {
    const prefix = new URL(this.url).pathname.replace(/\/$/, '');
    return rawRequest(this.url, { host: 'registry', ...request, path: `${prefix}${request.path}` });
  }

  get(path: string): Promise<RawResponse> {
    return this.send({ method: 'GET', path });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<RawResponse> {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.send({ path, body: text, headers: { 'Content-Type': 'application/json', ...headers } });
  }

  publish(partition: string, connections: unknown[], headers?: Record<string, string>): Promise<RawResponse> {
    return this.post('/publish', { partition, connections }, headers);
  }

  lookup(
    partition: string,
    uid_regex: string,
    data_type = 'T',
    headers?: Record<string, string>,
  ): Promise<RawResponse> {
    return this.post(`/getconnection/${encodeURIComponent(partition)}`, { uid_regex, data_type }, headers);
  }

  /** Connections found, in order. */
  async entries(partition: string, pattern = '.*', dataType = 'T'): Promise<WireConnection[]> {
    const { status, text } = await this.lookup(partition, pattern, dataType);
    if (status !== 200) throw new Error(`The lookup answered ${status}: ${text}`);
    return JSON.parse(text) as WireConnection[];
  }

  /** Names found, in order. */
  async names(partition: string, pattern: string, dataType = 'T'): Promise<string[]> {
    return (await this.entries(partition, pattern, dataType)).map(({ uid }) => uid);
  }

  retract(partition: string, uids: string[], headers?: Record<string, string>): Promise<RawResponse> {
    const connections = uids.map((connection_id) => ({ connection_id, data_type: 'T' }));
    return this.post('/retract', { partition, connections }, headers);
  }
}
