import { Inject, Injectable } from '@nestjs/common';
import type { CredentialContext, Principal } from '@millrace/core/security';
import { AUTH_SETTINGS, API_KEY_METHOD } from '../auth.constants.js';
import type { CredentialVerifier } from '../engine/credential-verifier.js';
import type { AuthSettings } from '../auth.options.js';
import type { StoredApiKey } from '@millrace/accounts';
import { apiKeySecretFits, decoyApiKeyHash, hasApiKeyForm, hasRunOut, parseApiKey } from '@millrace/accounts/keys';
import { ApiKeyStore } from '../api/api-key-store.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { InsecureApiKeyError, invalidApiKey } from '../engine/auth.errors.js';

/** Lets API keys in, on secure connections. */
@Injectable()
export class ApiKeyVerifier implements CredentialVerifier {
  private readonly enabled: boolean;
  private readonly decoy = decoyApiKeyHash();

  constructor(
    private readonly store: ApiKeyStore,
    private readonly usage: ApiKeyUsage,
    @Inject(AUTH_SETTINGS) { apiKeys }: AuthSettings,
  ) {
    this.enabled = apiKeys !== false;
  }

  accepts(credential: string): boolean {
    return this.enabled && hasApiKeyForm(credential);
  }

  /** @throws InsecureApiKeyError before anything else is looked at; MillraceError `UNAUTHENTICATED` */
  async verify(credential: string, { secure }: CredentialContext): Promise<Principal> {
    if (!secure) throw new InsecureApiKeyError();
    const parts = parseApiKey(credential);
    if (!parts) throw invalidApiKey();
    const stored = await this.store.find(parts.id);
    // An unknown id is compared too: it must cost what a wrong secret costs.
    const fits = apiKeySecretFits(parts.secret, stored?.hash ?? this.decoy);
    const now = Date.now();
    if (!stored || !fits || hasRunOut(stored, now)) throw invalidApiKey();
    this.usage.note(stored.id, now);
    return principalOfKey(stored);
  }
}

function principalOfKey({ id, scopes, expires }: StoredApiKey): Principal {
  const principal = { subject: id, scopes: [...scopes], method: API_KEY_METHOD };
  return expires === null ? principal : { ...principal, expiresAt: Date.parse(expires) };
}
