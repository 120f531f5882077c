import { OptionsError, validateOptions } from '@millrace/core/options';
import { AUTH_OPTIONS_SCHEMA, type AuthSettings } from './auth-options.schema.js';

export const MODULE_NAME = 'AuthModule';

/**
 * Checks the options of `AuthModule`, and that no setting of development is on in production.
 *
 * @throws OptionsError naming the option
 */
export function readSettings(options: unknown): AuthSettings {
  const settings = validateOptions(MODULE_NAME, AUTH_OPTIONS_SCHEMA, options);
  if (settings.production && settings.developmentTokens.length > 0) {
    throw new OptionsError(MODULE_NAME, 'developmentTokens', 'is a setting of development; leave it out in production');
  }
  return settings;
}
