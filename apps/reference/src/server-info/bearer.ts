const FORM = /^bearer +([^\s,]+)$/i;

/**
 * The key behind the scheme `Bearer`, in any letter case. Undefined when the header is of another form: another scheme, a
 * bare key, an empty key, or more text behind it (connection-profiles#20).
 */
export function bearerKey(authorization: string): string | undefined {
  return FORM.exec(authorization)?.[1];
}
