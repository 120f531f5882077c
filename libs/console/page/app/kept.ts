/** What this browser keeps for the console from one visit to the next. It works in a browser that keeps nothing, too. */
export const kept = {
  read(name: string): string | undefined {
    try {
      return localStorage.getItem(keyOf(name)) ?? undefined;
    } catch {
      return undefined;
    }
  },

  write(name: string, value: string | undefined): void {
    try {
      if (value === undefined) localStorage.removeItem(keyOf(name));
      else localStorage.setItem(keyOf(name), value);
    } catch {
      // The next visit begins anew.
    }
  },
};

const keyOf = (name: string): string => `millrace-console-${name}`;
