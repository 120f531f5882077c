/** Whose credential a request carries, and what it may do: the answer of `GET /token` (stream-store§2). */
export interface CallerSession {
  /** Name of the user, or the id of the API key. */
  readonly subject: string;
  /** A token of a login (in a cookie too), an API key, or something that the server's application has added. */
  readonly kind: 'token' | 'key' | 'other';
  /** Granted scopes; `*` is everything. */
  readonly scopes: readonly string[];
  /** When the credential runs out, as ISO 8601; null: never. */
  readonly expires: string | null;
  /** By which it can be revoked: the id of the token, or of the key. Some tokens of development have none. */
  readonly id?: string;
}

/** An API key as it may be shown, without its secret: an element of `GET /keys`. Times are ISO 8601. */
export interface ApiKeyInfo {
  /** The middle part of the key; names it in lists, in logs and for revoking it. */
  readonly id: string;
  /** What its maker called it. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created: string;
  /** When it runs out; null: never. */
  readonly expires: string | null;
  /** When it was last used, to the minute; null: never. */
  readonly lastUsed: string | null;
}

/** A new API key: the answer of `POST /keys`, the only one that holds the key itself. */
export interface IssuedApiKey extends ApiKeyInfo {
  /** The key, `mr_<id>_<secret>`. It is a secret. */
  readonly key: string;
}

/** A user as it may be shown: an element of `GET /users`. */
export interface UserInfo {
  readonly name: string;
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly created: string;
}

/** What was stored of a user: the answer of `PUT /users/{name}`. */
export interface StoredUserInfo {
  readonly name: string;
  readonly scopes: readonly string[];
  /** False where a user got a new password, and new scopes where some were sent. */
  readonly new: boolean;
}
