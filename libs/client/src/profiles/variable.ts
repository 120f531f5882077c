import type { Origin } from './connection-settings.js';
import type { ConnectionNames, ConnectionPreset } from './preset.js';
import type { ConnectionSources } from './sources.interface.js';

/** A variable of the environment, the first family that has it; an empty text is a value. */
export function variable(
  { environment }: ConnectionSources,
  { names }: ConnectionPreset,
  member: Exclude<keyof ConnectionNames, 'file'>,
): { value: string; origin: Origin } | undefined {
  for (const family of names) {
    const value = environment[family[member]];
    if (value !== undefined) return { value, origin: { layer: 'environment', name: family[member] } };
  }
  return undefined;
}
