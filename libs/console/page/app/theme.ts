import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'millrace-console-theme';

/** Light, dark, or what the system says; kept in this browser. */
export const theme = signal<Theme>(kept());

effect(() => {
  const { style } = document.documentElement;
  style.colorScheme = theme.value === 'system' ? 'light dark' : theme.value;
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // A browser that keeps nothing shows what the system says the next time.
  }
});

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}
