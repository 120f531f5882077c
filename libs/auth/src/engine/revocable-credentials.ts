import type { Principal } from '@millrace/core/security';

/** One kind of credentials that can be revoked while something lives by them. */
export interface RevocableCredentials {
  /** Milliseconds between two looks at what lives; undefined: this kind is turned off. */
  readonly recheckInterval: number | undefined;
  /** Whether a credential is of this kind. */
  concerns(principal: Principal): boolean;
  /** Whether it counts, as far as is known; while the store cannot be reached, it does. */
  holds(principal: Principal): boolean | Promise<boolean>;
  /** Brings what is known up to date. */
  recheck(): Promise<void>;
}
