import { MillraceError } from '@millrace/core/errors';
import { ApiKeyStore } from '../api/api-key-store.js';

/** Stands in where API keys are turned off. */
export class NoApiKeys extends ApiKeyStore {
  override async find(): Promise<undefined> {
    return undefined;
  }

  override async list(): Promise<never> {
    throw turnedOff();
  }

  override async add(): Promise<never> {
    throw turnedOff();
  }

  override async revoke(): Promise<never> {
    throw turnedOff();
  }

  override async touch(): Promise<void> {}
}

function turnedOff(): MillraceError {
  return new MillraceError('NOT_IMPLEMENTED', 'API keys are turned off here');
}
