import type { ConnectionSources, Origin } from './connection-settings.js';
import { CredentialsFileNotFoundError, ProfileNotFoundError } from './credentials.errors.js';
import { type ConnectionPreset, sourced, type Sourced, variable } from './preset.js';

/** What a profile says, and what asked for it. */
export interface FoundProfile {
  readonly endpoints: Sourced<string | readonly string[]> | undefined;
  readonly apiKey: Sourced<string> | undefined;
  readonly chosenBy: Origin | undefined;
}

/** The name that is looked for when nobody names one; its absence is not an error. */
const DEFAULT_NAME = 'default';

/**
 * The profile named by the argument, or else by the environment, or else the default one. Unless the argument names one,
 * there is none without any file. A profile is taken whole: the key of one file and the address of another must not meet.
 *
 * @throws CredentialsFileNotFoundError, ProfileNotFoundError, CredentialsFileError
 */
export function findProfile(
  argument: string | null | undefined,
  sources: ConnectionSources,
  preset: ConnectionPreset,
): FoundProfile | undefined {
  const fromArgument = sourced(argument || undefined, { layer: 'argument', name: 'the argument profile' });
  const chosen = fromArgument ?? variable(sources, preset, 'profile');
  const name = chosen?.value ?? DEFAULT_NAME;
  const paths: string[] = [];
  for (const family of preset.names) {
    const file = sources.credentials(family.file, preset.lenient);
    if (!file) continue;
    paths.push(file.path);
    const profile = file.profile(name);
    if (!profile) continue;
    const origin: Origin = { layer: 'profile', name: `profile "${name}" in ${file.path}` };
    const { endpoints, apiKey } = profile;
    return { endpoints: sourced(endpoints, origin), apiKey: sourced(apiKey, origin), chosenBy: chosen?.origin };
  }
  if (fromArgument && paths.length === 0)
    throw new CredentialsFileNotFoundError(sources.pathOf(preset.names[0]?.file ?? ''));
  if (paths.length > 0 && (fromArgument || name !== DEFAULT_NAME))
    throw new ProfileNotFoundError(name, paths.join('" or "'));
  return undefined;
}
