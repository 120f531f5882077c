import { availableParallelism } from 'node:os';
import { jestMapper } from './tools/entries.mjs';

// Packages that ship ES modules only; Jest turns them into CommonJS with the sources.
const esmOnly = ['@nestjs', 'file-type', 'strtok3', 'token-types', 'uint8array-extras', '@tokenizer', '@borewit'];

export default {
  testRegex: '(libs|apps|test)/.*(?<!soak-)spec\\.ts$',
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    ...jestMapper(),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/libs/[^/]+/dist', '<rootDir>/apps/[^/]+/dist', '<rootDir>/dist'],
  testEnvironment: '<rootDir>/tools/suite-environment.mjs',
  reporters: ['default', '<rootDir>/tools/closing-line.mjs'],
  // Suites wait for sockets and other processes for a quarter of their time; meanwhile another one can go on.
  // Jest takes a percentage above 100 for a number of workers.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // Tests share their machine with others, and with each other; a test that hangs costs no more than this.
  testTimeout: 120_000,
};
