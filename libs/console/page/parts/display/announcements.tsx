import { signal } from '@preact/signals';

type Kind = 'info' | 'error';

interface Announcement {
  readonly id: number;
  readonly kind: Kind;
  readonly text: string;
}

/** How long one stays, in milliseconds; an error stays until it is put away. */
const STAYS = 6000;
const MOST = 4;

const shown = signal<readonly Announcement[]>([]);
let next = 0;

/** Tells the user that something was done, or was not, in a corner of the page; screen readers read it out. */
export function announce(text: string, kind: Kind = 'info'): void {
  const id = (next += 1);
  shown.value = [...shown.value, { id, kind, text }].slice(-MOST);
  if (kind === 'info') setTimeout(() => remove(id), STAYS);
}

function remove(id: number): void {
  shown.value = shown.value.filter((one) => one.id !== id);
}

export function Announcements() {
  return (
    <div class="announcements" role="status" aria-live="polite">
      {shown.value.map(({ id, kind, text }) => (
        <div key={id} class={`announcement ${kind}`}>
          <span>{text}</span>
          <button type="button" aria-label="Put away" onClick={() => remove(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
