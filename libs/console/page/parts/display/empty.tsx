import type { ComponentChildren } from 'preact';

/** Stands where a list would be, and says how something comes into it. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}
