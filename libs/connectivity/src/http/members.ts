import { MillraceError } from '@millrace/core/errors';
import type { Connection } from '@millrace/protocol';
import { isForm, parseForm, parseJsonObject, type TakenBody } from '@millrace/core/http';
import type { ConnectivityLimits } from '../connectivity.limits.js';

/** The members of a body, not yet checked. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a body, whatever its content type says, unless that says it is a form (connectivity#6).
 *
 * @throws MillraceError `BAD_REQUEST` with the reason
 */
export function readJsonMembers(body: TakenBody): Members {
  if (!isForm(body)) return parseJsonObject(body.bytes);
  throw new MillraceError(
    'BAD_REQUEST',
    `The body is declared as a form (${body.mediaType}); send JSON with Content-Type: application/json`,
  );
}

/**
 * The field `partition` of a form, urlencoded or multipart (connectivity#34).
 *
 * @throws MillraceError `BAD_REQUEST` when the form cannot be read, or has no such text field
 */
export async function readPartitionField(body: TakenBody): Promise<Members> {
  const partition = (await parseForm(body)).get('partition');
  if (partition === undefined) throw new MillraceError('BAD_REQUEST', 'The form must have the field "partition"');
  return { partition };
}

type Limits = ConnectivityLimits;

/** The member `partition` of a body. */
export function readPartition(body: Members, limits: Limits): string {
  return checkPartition(asText(body['partition'], 'partition', limits.maxNameLength));
}

/** A partition named in a path. @throws MillraceError `BAD_REQUEST` */
export function checkPartition(name: string): string {
  if (name === '') throw bad('The name of a partition must not be empty');
  return name;
}

/**
 * The connections of a publication. Elements without `uid` or `uri` are passed over (connectivity#9); anything else
 * that is not as it should be refuses the whole (connectivity#51). The last of several equal names wins, at the place
 * of the first (connectivity#8).
 */
export function readConnections(body: Members, limits: Limits): Connection[] {
  const connections: Connection[] = [];
  readElements(body, limits).forEach((element, index) => {
    const { uid, uri, data_type: dataType, connection_type: connectionType, capacity = 0 } = element;
    if (uid === undefined || uri === undefined) return;
    connections.push({
      uid: asText(uid, 'uid', limits.maxNameLength, index),
      uri: asText(uri, 'uri', limits.maxUriLength, index),
      dataType: asText(dataType, 'data_type', limits.maxNameLength, index),
      connectionType: asInteger(connectionType, 'connection_type', index),
      capacity: asInteger(capacity, 'capacity', index),
    });
  });
  return connections;
}

/** The names of a retraction; the data type is not looked at (connectivity#29). */
export function readConnectionIds(body: Members, limits: Limits): string[] {
  return readElements(body, limits).map(({ connection_id: id }, index) =>
    asText(id, 'connection_id', limits.maxNameLength, index),
  );
}

/** The members of a lookup. */
export function readQuery(body: Members, limits: Limits): { pattern: string; dataType: string } {
  return {
    pattern: asText(body['uid_regex'], 'uid_regex', Infinity),
    dataType: asText(body['data_type'], 'data_type', limits.maxNameLength),
  };
}

function readElements(body: Members, limits: Limits): Members[] {
  const { connections } = body;
  if (!Array.isArray(connections)) throw misfit('connections', connections, 'a list');
  if (connections.length > limits.maxPublish)
    throw new MillraceError(
      'TOO_LARGE',
      `"connections" must have at most ${limits.maxPublish} entries, not ${connections.length}; send several requests`,
    );
  for (let index = 0; index < connections.length; index += 1) {
    const element: unknown = connections[index];
    if (typeof element !== 'object' || element === null || Array.isArray(element))
      throw misfit(`connections[${index}]`, element, 'an object');
  }
  return connections as Members[];
}

/** @param index of the element that has the member, where one has it; only an error needs its text */
function asText(value: unknown, name: string, maxLength: number, index?: number): string {
  if (typeof value !== 'string') throw misfit(at(name, index), value, 'text');
  if (value.length > maxLength)
    throw bad(`"${at(name, index)}" must have at most ${maxLength} characters, not ${value.length}`);
  return value;
}

function asInteger(value: unknown, name: string, index: number): number {
  if (!Number.isSafeInteger(value)) throw misfit(at(name, index), value, 'an integer');
  return value as number;
}

function at(name: string, index?: number): string {
  return index === undefined ? name : `connections[${index}].${name}`;
}

function misfit(name: string, value: unknown, wanted: string): MillraceError {
  if (value === undefined) return bad(`"${name}" is missing; it must be ${wanted}`);
  return bad(`"${name}" must be ${wanted}, not ${kindOf(value)}`);
}

/** A value in an error: short ones as they are, others by their kind. */
function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return 'text';
  return Array.isArray(value) ? 'a list' : 'an object';
}

function bad(message: string): MillraceError {
  return new MillraceError('BAD_REQUEST', message);
}
