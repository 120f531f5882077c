import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { casesOn, declareContract } from './index.js';

interface Subject {
  create(first?: string): Promise<string[]>;
}

const closed: string[][] = [];
const listCase = casesOn(async (subject: Subject, first?: string) => {
  const list = await subject.create(first);
  return { bench: list, close: async () => closed.push(list) };
});
const CASES = {
  beginning: [
    listCase('begins empty', async (list) => assert.deepEqual(list, [])),
    listCase('may begin with something', async (list) => assert.deepEqual(list, ['a']), 'a'),
  ],
  later: [listCase('grows', async (list) => assert.equal(list.push('b'), 1))],
};
const subject: Subject = { create: async (first) => (first === undefined ? [] : [first]) };

declareContract('An array', CASES, subject);

describe('A contract', () => {
  it('is declared with the functions of any test runner, by groups or in one list', () => {
    const declared: string[] = [];
    const runner = {
      describe: (name: string, body: () => void) => {
        declared.push(`${name}:`);
        body();
      },
      it: (name: string) => declared.push(name),
    };
    declareContract('by groups', CASES, subject, runner);
    declareContract('in a list', CASES.later, subject, runner);
    const groups = ['by groups:', 'beginning:', 'begins empty', 'may begin with something', 'later:', 'grows'];
    expect(declared).toEqual([...groups, 'in a list:', 'grows']);
  });

  it('puts away what a case used, also when it fails', async () => {
    closed.length = 0;
    const failing = listCase('fails', async () => assert.fail('broken'));
    await expect(failing.run(subject)).rejects.toThrow('broken');
    expect(closed).toEqual([[]]);
  });

  it('runs under node:test, which has no globals', () => {
    const built = join(__dirname, '../../dist/contract/index.js');
    const program = `
      import { describe, it } from 'node:test';
      import { declareContract } from ${JSON.stringify(built)};
      const cases = [{ name: 'holds', run: async () => {} }, { name: 'breaks', run: () => Promise.reject(new Error('x')) }];
      try { declareContract('none', cases, {}); } catch (error) { console.log(error.message); }
      declareContract('given', cases, {}, { describe, it });`;
    const { NODE_TEST_CONTEXT: _outer, ...env } = process.env;
    let output = '';
    try {
      execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', env });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    expect(output).toContain('give { describe, it } as the last argument');
    expect(output).toMatch(/pass 1\b[\s\S]*fail 1\b/);
  });
});
