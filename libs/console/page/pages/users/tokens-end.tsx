import { session } from '../../app/session.js';
import { Notice } from '../../parts/display/notice.js';

/** Says that a change ends the logins of a user. */
export function TokensEnd({ of: name }: { readonly of: string }) {
  return (
    <Notice kind="info">
      {name === session.value?.subject
        ? 'All your tokens are revoked by this: you have to log in again.'
        : `All tokens of “${name}” are revoked by this: the user has to log in again.`}
    </Notice>
  );
}
