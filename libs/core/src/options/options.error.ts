import { MillraceError } from '../errors/millrace.error.js';

/** A module was given a bad option. The message names the module, the option and the remedy. */
export class OptionsError extends MillraceError {
  constructor(
    readonly moduleName: string,
    readonly option: string,
    problem: string,
  ) {
    super('INVALID_OPTIONS', `${moduleName}: option "${option}" ${problem}`);
  }
}
