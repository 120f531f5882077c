import { PassThrough } from 'node:stream';
import { isForm, parseForm } from './form-body.js';
import { parseJsonBody, parseJsonObject } from './json-body.js';
import { takeBody, type TakenBody } from './read-body.js';

const form = (mediaType: string, text: string, contentType = mediaType): TakenBody => ({
  bytes: Buffer.from(text),
  mediaType,
  contentType,
});
const part = (name: string, value: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

describe('A JSON body', () => {
  it.each([
    ['UTF-8', Buffer.from('{"a":"ü"}')],
    ['UTF-8 with a mark', Buffer.from('\ufeff{"a":"ü"}')],
    ['UTF-16, little end first', Buffer.from('{"a":"ü"}', 'utf16le')],
    ['UTF-16 with a mark, big end first', Buffer.from('\ufeff{"a":"ü"}', 'utf16le').swap16()],
  ])('may be %s', (_name, bytes) => {
    expect(parseJsonBody(bytes)).toEqual({ a: 'ü' });
  });

  it.each([
    ['', 'The body is empty; a JSON object is due'],
    ['[1]', 'The body must be a JSON object'],
    ['null', 'The body must be a JSON object'],
    ['{', 'The body is not JSON: '],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'The body is not UTF-8'],
  ])('that is %j is refused', (body, message) => {
    expect(() => parseJsonObject(Buffer.from(body as string))).toThrow(message);
  });
});

describe('A form', () => {
  it('has the first field of each name, in both encodings', async () => {
    const urlEncoded = await parseForm(form('application/x-www-form-urlencoded', 'a=1+2&a=3&b=%C3%BC'));
    expect([...urlEncoded]).toEqual([
      ['a', '1 2'],
      ['b', 'ü'],
    ]);
    const text = `${part('a', '1 2')}${part('a', '3')}${part('f', 'x', '; filename="f"')}${part('b', 'ü')}--b--\r\n`;
    const multipart = form('multipart/form-data', text, 'multipart/form-data; boundary=b');
    expect([...(await parseForm(multipart))]).toEqual([...urlEncoded]);
    expect(isForm(multipart)).toBe(true);
  });

  it('that cannot be read is refused; what is none has no fields', async () => {
    const cut = form('multipart/form-data', part('a', '1'), 'multipart/form-data; boundary=b');
    await expect(parseForm(cut)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: 'The form cannot be read' });
    expect((await parseForm(form('application/json', '{"a":1}'))).size).toBe(0);
  });
});

describe('A body is taken', () => {
  it('with its media type', async () => {
    const request = Object.assign(new PassThrough(), { headers: { 'content-type': 'Text/Plain; charset=utf-8' } });
    request.end('abc');
    expect(await takeBody(request, 10)).toEqual({
      bytes: Buffer.from('abc'),
      mediaType: 'text/plain',
      contentType: 'Text/Plain; charset=utf-8',
    });
  });

  it('also where a parser of the host was first', async () => {
    const raw = { headers: { 'content-type': 'application/json' }, readableEnded: true };
    expect((await takeBody({ raw, body: { a: 1 } }, 10)).bytes.toString()).toBe('{"a":1}');
    expect((await takeBody({ raw, body: undefined }, 10)).bytes).toHaveLength(0);
  });

  it('also where that parser has made fields of a form', async () => {
    const raw = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, readableEnded: true };
    const body = await takeBody({ raw, body: { a: 'ü &', b: ['1', '2'], c: { d: '3' } } }, 10);
    expect([...(await parseForm(body))]).toEqual([
      ['a', 'ü &'],
      ['b', '1'],
    ]);
  });
});
