// What a server and other stores of revoked tokens need beside the file.
export {
  isRevocationOver,
  isTokenRevocation,
  makeRevocation,
  MAX_TOKEN_ID_LENGTH,
  REVOCATION_LIMITS,
  revocationKey,
  type WhatToRevoke,
} from './token-revocation.js';
