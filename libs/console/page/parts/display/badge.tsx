import type { ComponentChildren } from 'preact';

interface BadgeProps {
  readonly kind?: 'good' | 'warning' | 'error' | 'info' | 'soft';
  readonly children: ComponentChildren;
}

/** A word about the state of something. */
export function Badge({ kind = 'soft', children }: BadgeProps) {
  return <span class={`badge ${kind}`}>{children}</span>;
}
