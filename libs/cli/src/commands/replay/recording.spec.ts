import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { countRecording, readRecording } from './recording.js';

describe('A recording', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-recording-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function read(...lines: string[]): Promise<string[]> {
    writeFileSync(join(folder, 'index.jsonl'), `${lines.join('\n')}\n`);
    const list: string[] = [];
    for await (const { stream, id, data } of readRecording(folder, new PassThrough()))
      list.push(`${stream} ${id} ${Buffer.from(await data()).toString()}`);
    return list;
  }

  it('is a folder with files, or lines with data in each encoding', async () => {
    mkdirSync(join(folder, 's'));
    writeFileSync(join(folder, 's/1-0.txt'), 'one');
    expect(
      await read(
        '{"stream":"s","id":"1-0","file":"s/1-0.txt"}',
        '',
        '{"stream":"s","id":"2-0","data":"dHdv","encoding":"base64"}',
        '{"stream":"s","id":"3-0","data":"three","encoding":"utf8"}',
        '{"stream":"s","id":"4-0","data":[4],"encoding":"json"}',
      ),
    ).toEqual(['s 1-0 one', 's 2-0 two', 's 3-0 three', 's 4-0 [4]']);
    expect(await countRecording(folder)).toBe(4);
  });

  it.each(['../secret', '/etc/passwd', 's/../../secret', '..'])('names no file outside of it: %s', async (file) => {
    await expect(read(JSON.stringify({ stream: 's', id: '1-0', file }))).rejects.toThrow(
      'line 1: "file" must name a file in the folder of the recording',
    );
  });

  it.each([
    ['{', 'is not JSON'],
    ['null', 'needs "stream"'],
    ['{"stream":"s","id":"x","data":""}', 'needs "stream" and "id"'],
    ['{"stream":"s","id":"1-0","size":5}', 'has no data; record with --encoding base64'],
    ['{"stream":"s","id":"1-0","size":4,"encoding":"json"}', 'has no data; record with --encoding base64'],
    ['{"stream":"s","id":"1-0","data":"00","encoding":"hex"}', '"encoding" must be base64, utf8 or json, not "hex"'],
    [
      '{"stream":"s","id":"1-0","size":3,"data":"!!!!","encoding":"base64"}',
      'has 0 bytes of data where 3 were recorded',
    ],
    [
      '{"stream":"s","id":"1-0","size":1,"data":"\\ud800","encoding":"utf8"}',
      'has 3 bytes of data where 1 were recorded',
    ],
    ['{"stream":"s","id":"1-0","size":4,"data":1,"encoding":"json","base64":"ICAx"}', 'has 3 bytes of data where 4'],
  ])('names the line that is wrong: %s', async (line, problem) => {
    await expect(read('{"stream":"s","id":"1-0","data":""}', line)).rejects.toThrow(`index.jsonl, line 2: ${problem}`);
  });

  it('is told from a folder of other files', async () => {
    await expect(countRecording(folder)).rejects.toThrow('use "push --rate"');
  });
});
