import { effect, signal } from '@preact/signals';
import { kept } from './kept.js';

export type Theme = 'system' | 'light' | 'dark';

const NAME = 'theme';

/** Light, dark, or what the system says; kept in this browser. */
export const theme = signal<Theme>(known(kept.read(NAME)));

effect(() => {
  const { style } = document.documentElement;
  style.colorScheme = theme.value === 'system' ? 'light dark' : theme.value;
  kept.write(NAME, theme.value);
});

function known(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}
