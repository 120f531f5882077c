import { transformSync } from '@swc/core';

/**
 * Runs an example of a README; answers what it leaves in variables.
 *
 * @param code the example
 * @param result what to answer, as an expression over its variables
 * @param modules what its imports find, by their names
 * @param given further variables, which also take the place of globals
 */
export async function runExample<Result>(
  code: string,
  result: string,
  modules: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>> = {},
): Promise<Result> {
  const body = code
    .replace(/^import '[^']+';$/gm, '')
    .replace(/^import \{([^}]*)\} from '([^']+)';$/gm, (_all, names: string, name: string) => {
      return `const {${names.replace(/type \w+,?/g, '')}} = load('${name}');`;
    })
    .replace(/^import type .*$/gm, '')
    .replace(/^export /gm, '');
  const { code: compiled } = transformSync(`export async function run(load) {\n${body}\nreturn ${result};\n}`, {
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  const exported: { run?: (load: (name: string) => unknown) => Promise<Result> } = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function('exports', ...Object.keys(given), compiled)(exported, ...Object.values(given));
  const load = (name: string): unknown => {
    if (!(name in modules)) throw new Error(`The example imports ${name}, which its test does not have`);
    return modules[name];
  };
  return exported.run!(load);
}
