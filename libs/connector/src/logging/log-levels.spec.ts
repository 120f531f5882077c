import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ConnectorLoggers, readLogLevels } from './connector-logger.js';

describe('connector#81: serverConfig/logger.ini', () => {
  let directory: string;
  let warnings: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'connector-logging-'));
    mkdirSync(join(directory, 'serverConfig'));
    warnings = [];
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
    jest.restoreAllMocks();
  });

  const levels = (text?: string) => {
    if (text !== undefined) writeFileSync(join(directory, 'serverConfig', 'logger.ini'), text);
    return readLogLevels(directory, (message) => warnings.push(message));
  };

  it('sets the level of the root logger and of loggers named after classes', () => {
    const read = levels(
      '[loggers]\nkeys=root,SourceConnection\n[logger_root]\nlevel=WARNING\nhandlers=h\n' +
        '[logger_SourceConnection]\nlevel=DEBUG\nqualname=x\n[handler_h]\nclass=StreamHandler\nlevel=INFO\n',
    );
    expect(Object.fromEntries(read)).toEqual({ root: 'warn', SourceConnection: 'debug', x: 'debug' });
    expect(warnings).toEqual([]);

    const written: string[] = [];
    const note = (...[message]: unknown[]): void => void written.push(String(message));
    for (const method of ['debug', 'log', 'warn', 'error'] as const)
      jest.spyOn(Logger.prototype, method).mockImplementation(note);
    const loggers = new ConnectorLoggers(read);
    for (const [name, logger] of [
      ['set', loggers.for('ConnectorSet')],
      ['source', loggers.for('SourceConnection')],
    ] as const) {
      logger.debug(`${name} debug`);
      logger.log(`${name} log`);
      logger.warn(`${name} warn`);
      logger.error(`${name} error`);
    }
    expect(written).toEqual(['set warn', 'set error', 'source debug', 'source log', 'source warn', 'source error']);
  });

  it.each([
    ['a missing file', undefined],
    ['an empty file', ''],
    ['an unknown level', '[logger_root]\nlevel=LOUD'],
    ['a level that is a member of every object', '[logger_root]\nlevel=constructor'],
    ['something else', '\u0000\u0001 not an ini = ['],
  ])('%s gives default logging and one warning', (_what, text) => {
    expect(levels(text).size).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  it('an unreadable file gives default logging and one warning', () => {
    mkdirSync(join(directory, 'serverConfig', 'logger.ini'));
    expect(levels().size).toBe(0);
    expect(warnings).toHaveLength(1);
  });
});
