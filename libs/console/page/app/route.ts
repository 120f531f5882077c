import { computed, signal } from '@preact/signals';

/** Where the user is: the part of the address behind `#`, which no server sees, so that a proxy may put it anywhere. */
export interface Route {
  /** Decoded parts of the path: `#/streams/camera/live` is `['streams', 'camera', 'live']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

function read(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').filter(Boolean);
  return { path: parts.map(decoded), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A malformed escape that somebody typed is taken as it stands.
    return part;
  }
}

const current = signal(read());
addEventListener('hashchange', () => (current.value = read()));

export const route = computed(() => current.value);

/** The address of a page, for `href`. */
export function link(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value);
  const text = search.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}

/** Goes to a page; with `replace` the button "back" passes over where the user was. */
export function go(href: string, { replace = false } = {}): void {
  if (replace) location.replace(href);
  else location.hash = href;
}
