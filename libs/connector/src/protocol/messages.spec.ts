import fc from 'fast-check';
import { readErrorReport, readRefusal, renderTemplate } from './error-report.js';
import { parseMessage } from './messages.js';
import { responseKind, rowsOf } from '../hub/queries/open-query.js';

describe('parseMessage', () => {
  it.each<[string, string]>([
    ['{"op":"publish"}', 'operation'],
    ['{"op":"publish","status":200}', 'operation'],
    ['{"status":200}', 'response'],
    ['{"op":null,"status":200}', 'response'],
    ['{}', 'neither'],
    ['{"op":null}', 'neither'],
    ['{"op":5}', 'neither'],
    ['{"status":"500"}', 'unreadable'],
    ['[]', 'unreadable'],
    ['5', 'unreadable'],
    ['null', 'unreadable'],
    ['not JSON', 'unreadable'],
    ['', 'unreadable'],
  ])('reads %j as %s', (text, kind) => {
    expect(parseMessage(Buffer.from(text)).kind).toBe(kind);
  });

  it('never throws, and never quotes what it read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parsed = parseMessage(Buffer.from(bytes));
        return parsed.kind !== 'unreadable' || parsed.reason.startsWith('The ');
      }),
    );
  });
});

it.each([
  ['Query {0} for {1}', ['q', 's'], 'Query q for s'],
  ['{1} {0} {0}', ['a', 2], '2 a a'],
  ['{0} {2}', ['a'], 'a {2}'],
  ['{}', ['a'], '{}'],
  ['{0}', [{ deep: true }], '{"deep":true}'],
  ['{0}', [null], 'null'],
])('renders %j with %j as %j', (template, parameters, text) => {
  expect(renderTemplate(template, parameters)).toBe(text);
});

const report = { messageCode: 'c', messageTemplate: 't', parameters: ['p'] };

it.each([
  ['an object', report, report],
  ['an array', [report], report],
  ['parameters null', { ...report, parameters: null }, { ...report, parameters: [] }],
  ['the other shape', [{ code: 'c', message: 't', params: ['p'] }], report],
])('connector#58: reads an error report from %s', (_what, body, expected) => {
  expect(readErrorReport(body)).toEqual(expected);
});

it('connector#58: fills in what a report lacks', () => {
  for (const body of [undefined, null, 'text', [], {}, 5]) {
    expect(readErrorReport(body).messageCode).toBe('millrace.connector.unknownError');
  }
});

it('reads a refusal only when code and message are there', () => {
  expect(readRefusal([{ code: 'c', message: 'm' }])).toEqual({ code: 'c', message: 'm', params: [] });
  for (const body of [undefined, [], [{}], [{ code: 'c' }], 'x']) expect(readRefusal(body)).toBeUndefined();
});

it('connector#56 #57: rows of a response', () => {
  expect(rowsOf(200, { a: 1 })).toEqual([{ a: 1 }]);
  expect(rowsOf(200, [{ a: 1 }, { a: 2 }])).toEqual([{ a: 1 }, { a: 2 }]);
  expect(rowsOf(200, [])).toEqual([]);
  expect(rowsOf(204, {})).toEqual([]);
  for (const body of [undefined, null]) expect(rowsOf(200, body)).toEqual([]);
  expect([100, 102, 200, 206, 204, 300, 400, 503].map(responseKind)).toEqual([
    'partial',
    'partial',
    'complete',
    'complete',
    'complete',
    'error',
    'error',
    'error',
  ]);
});
