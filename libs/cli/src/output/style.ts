import { styleText } from 'node:util';

/** Colours of a terminal, or none. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether to colour what goes to a stream: `NO_COLOR` and `FORCE_COLOR` when set and not empty, else whether it is a terminal. */
export function wantsColour(env: Environment, stream: { readonly isTTY?: boolean }): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** The colours for a stream. */
export function styleFor(env: Environment, stream: { readonly isTTY?: boolean }): Style {
  const coloured = wantsColour(env, stream);
  const make =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      coloured ? styleText(format, text) : text;
  return { strong: make('bold'), faint: make('dim'), good: make('green'), bad: make('red'), warn: make('yellow') };
}
