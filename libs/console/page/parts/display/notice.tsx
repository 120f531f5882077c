import type { ComponentChildren } from 'preact';

interface NoticeProps {
  readonly kind: 'info' | 'good' | 'warning' | 'error';
  readonly children: ComponentChildren;
}

const SIGNS = { info: 'i', good: '✓', warning: '!', error: '×' } as const;

/** A sentence that the user should see, with a sign beside its colour. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <span class="sign" aria-hidden="true">
        {SIGNS[kind]}
      </span>
      <div>{children}</div>
    </div>
  );
}
