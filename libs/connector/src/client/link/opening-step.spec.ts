import { parseMessage } from '../../protocol/messages.js';
import { authenticationStep, claimStep, type OpeningStep } from './opening-step.js';

type Readable = Parameters<typeof claimStep>[0];

const read = (message: object): Readable => parseMessage(Buffer.from(JSON.stringify(message))) as Readable;
const refusal = { body: [{ code: 'a.b', message: 'No', params: [] }] };

describe('The opening of a connection (connector§4)', () => {
  it.each<[object, OpeningStep['kind']]>([
    [{ status: 200 }, 'claim'],
    [{ status: 201 }, 'claim'],
    // connector§4.2: an answer without a status counts as success.
    [{ answer: 'yes' }, 'claim'],
    [{ status: 401, ...refusal }, 'refused'],
    [{ status: 503 }, 'refused'],
    [{ op: 'publish' }, 'fault'],
  ])('the answer %j to the token means: %s', (message, kind) => {
    expect(authenticationStep(read(message)).kind).toBe(kind);
  });

  it.each<[object, OpeningStep['kind']]>([
    [{ status: 200 }, 'skip'],
    [{ status: 100 }, 'skip'],
    [{ status: 404, ...refusal }, 'refused'],
    [{ answer: 'yes' }, 'odd'],
    [{ op: 'configureExtension', object: { config: {} } }, 'configured'],
    // connector§4.5: null is passed on as nothing.
    [{ op: 'configureExtension', object: { config: null } }, 'configured'],
    [{ op: 'configureExtension', object: {} }, 'fault'],
    [{ op: 'configureExtension' }, 'fault'],
    [{ op: 'publish', object: {} }, 'fault'],
  ])('the message %j after the claim means: %s', (message, kind) => {
    expect(claimStep(read(message)).kind).toBe(kind);
  });

  it('connector#22: a token refused with a readable body is refused for good, one refused without is tried again', () => {
    expect(authenticationStep(read({ status: 401, ...refusal }))).toEqual({
      kind: 'refused',
      end: { kind: 'auth-refused', message: 'Connect call failed: 401 :: a.b:No' },
    });
    expect(authenticationStep(read({ status: 401 }))).toMatchObject({ end: { kind: 'failed' } });
    expect(authenticationStep(read({ status: 503, ...refusal }))).toMatchObject({ end: { kind: 'failed' } });
  });
});
