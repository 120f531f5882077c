/** Validated options of the module, by injection. */
export const STREAM_STORE_SETTINGS = Symbol('stream-store:settings');

/** Area of the module's endpoints for `AccessPolicy`, and first part of its scopes (`streams:read:<name>`). */
export const STREAMS_AREA = 'streams';
