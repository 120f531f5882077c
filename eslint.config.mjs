import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

// Dependencies point one way: features → core → protocol ← client ← cli, and those that write files → files.
// No feature imports another one.
const mayImport = {
  protocol: [],
  core: ['protocol'],
  client: ['protocol'],
  'client/src/nest': ['core', 'protocol'],
  files: [],
  accounts: ['files'],
  auth: ['core', 'accounts', 'files', 'protocol'],
  'stream-store': ['core', 'files', 'protocol'],
  connectivity: ['core', 'protocol'],
  connector: ['core', 'files', 'protocol'],
  rpc: ['core', 'protocol'],
  console: ['core', 'protocol'],
  'console/page': ['client/browser', 'protocol'],
  // The repair of a store's data is loaded when the command asks for it, where its package is installed.
  cli: ['client', 'protocol', 'accounts', 'files', 'stream-store/repair'],
};

/** What works in any program, not only in a Nest application. */
const withoutNest = new Set(['protocol', 'client', 'files', 'accounts', 'cli', 'console/page']);

const direction = Object.entries(mayImport).map(([name, allowed]) => ({
  files: [name.includes('/') ? `libs/${name}/**/*.{ts,tsx}` : `libs/${name}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^@millrace/(?!(${[name, ...allowed].join('|')})(/|$))`,
            message: `@millrace/${name} may import ${allowed.map((other) => `@millrace/${other}`).join(', ') || 'no other package of ours'}.`,
          },
          withoutNest.has(name)
            ? { regex: '^@nestjs/', message: `@millrace/${name} works without Nest.` }
            : { regex: '^@nestjs/[^/]+/', message: 'Import Nest from package roots only.' },
          { regex: '^\\.\\.?/.*(?<!\\.(js|css))$', message: 'Relative imports end in .js.' },
        ],
      },
    ],
  },
}));

const CONSTANT = '[type="Literal"], [name=/^[A-Z][A-Z0-9_]*$/]';
const boundedTimers = [
  `CallExpression[callee.name=/^set(Timeout|Interval)$/]:not(:has(> :matches(${CONSTANT}):nth-child(2)))`,
  `CallExpression[callee.object.name="AbortSignal"][callee.property.name="timeout"]:not(:has(> :matches(${CONSTANT})))`,
].map((selector) => ({
  selector,
  message:
    'Only a constant span may go to a timer of JavaScript. Use startTimer or startInterval of @millrace/protocol.',
}));

const THROWN = 'Identifier[name=/^(error|err|e|cause|thrown)$/]';
const textsOfThrown = [
  'ConditionalExpression > BinaryExpression[operator="instanceof"] > Identifier.right[name="Error"]',
  'MemberExpression[property.name="stack"]',
  'MemberExpression[property.name=/^(message|name)$/] > TSAsExpression > TSTypeReference[typeName.name="Error"]',
  `CallExpression[callee.name="String"] > ${THROWN}`,
  `TemplateLiteral > ${THROWN}`,
  `CallExpression[callee.object.property.name="logger"] > ${THROWN}`,
].map((selector) => ({
  selector,
  message: 'Anything can be thrown. Use thrownText, thrownReport or thrownIs of @millrace/protocol, which never throw.',
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/node_modules/**', 'data/**', '**/*.mjs', '**/*.js'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.check.json', './libs/console/page/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // An interface gives a derived type its name.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // An async method that fulfils an interface need not await.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
    },
  },
  ...direction,
  {
    // A timer of JavaScript that is set to more than 24 days fires at once; a span that a user gives may be longer.
    files: ['libs/*/src/**/*.ts', 'libs/console/page/**/*.{ts,tsx}', 'apps/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'libs/protocol/src/timing/timer.ts'],
    rules: { 'no-restricted-syntax': ['error', ...boundedTimers, ...textsOfThrown] },
  },
  {
    // What the system throws is an error; and these packages depend on nothing.
    files: ['libs/files/src/**/*.ts', 'libs/accounts/src/**/*.ts', 'libs/protocol/src/errors/thrown.ts'],
    rules: { 'no-restricted-syntax': ['error', ...boundedTimers] },
  },
  {
    // Runs in browsers too.
    files: ['libs/protocol/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-globals': ['error', 'Buffer', 'process', 'global', 'setImmediate', '__dirname'] },
  },
  {
    files: ['**/*.spec.ts', '**/*-spec.ts', 'test/**/*.ts', 'libs/*/test/**/*.ts'],
    rules: {
      // What a server answers is looked at by the assertions.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  prettier,
);
