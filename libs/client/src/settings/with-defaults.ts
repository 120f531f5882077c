/** Options with what holds where they are left out; an option that is undefined counts as left out. */
export function withDefaults<Options extends object, Defaults extends Partial<Options>>(
  options: Options,
  defaults: Defaults,
): Omit<Options, keyof Defaults> & { [Name in keyof Defaults & keyof Options]-?: Exclude<Options[Name], undefined> } {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...given } as never;
}
