import { failingReference, logLines, PRODUCTION } from '../../support/reference.js';

/** What no operator needs to see. */
const DUMP = /^ +at |ExceptionHandler|response: ?\{|\[cause\]|errno|secretpw/m;

/** For `describe.each`: the name of a mode, and whether it is that of production. */
export const MODES: readonly (readonly [name: string, production: boolean])[] = [
  ['development', false],
  ['production', true],
];

/**
 * Starts the application where it must fail, and answers the line that says why: the only one on stderr in development, and the
 * only fatal one of the log, in JSON, in production.
 *
 * @param directory where it runs, and keeps its data if the environment does not say otherwise
 */
export async function lastWords(
  directory: string,
  environment: Record<string, string>,
  how: Parameters<typeof failingReference>[2] & { readonly production?: boolean } = {},
): Promise<string> {
  const { production = false, ...start } = how;
  const given = { MILLRACE_DEMO: 'off', ...(production ? PRODUCTION : {}), ...environment };
  const { code, output, stderr } = await failingReference(directory, given, start);
  expect(output).not.toMatch(DUMP);
  const said = production ? fatalLines(output) : stderr.trimEnd().split('\n');
  expect(said).toHaveLength(1);
  expect(code).toBe(1);
  return said[0] ?? '';
}

function fatalLines(output: string): string[] {
  return logLines(output).flatMap(({ level, message }) => (level === 'fatal' ? [message] : []));
}
