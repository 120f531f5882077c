/**
 * The token which the public README of the PTG data store prints for those in a hurry (stream-store§2
 * stream-store#5). It ran out in May 2022 and is signed with a key that is none of ours: it opens anything only where
 * it stands in the option `developmentTokens`, which production refuses.
 */
export const PTG_PRINTED_TOKEN =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwdGciLCJleHAiOjE2NTI1NDU3MTl9.8S6dal-Q97TfJZG7rYLQWe5n3IovU9qCmtPYo7voNN4';
