import { failingReference } from '../../support/reference.js';

/** What no operator needs to see. */
const DUMP = /^ +at |ExceptionHandler|response: ?\{|\[cause\]|errno|secretpw/m;

const PRODUCTION = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40) };

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
  const lines = output.trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { level: string; message: string })
    .flatMap(({ level, message }) => (level === 'fatal' ? [message] : []));
}
