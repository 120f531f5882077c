import type { Origin } from './connection-settings.js';
import { CredentialsFileNotFoundError, ProfileNotFoundError } from './credentials.errors.js';
import { type ConnectionPreset, variable } from './preset.js';
import type { ConnectionSources, Profile } from './sources.interface.js';

/** A profile, where it stands, and what asked for it. */
export interface FoundProfile {
  readonly profile: Profile;
  readonly origin: Origin;
  readonly chosenBy: Origin | undefined;
}

/** The name that is looked for when nobody names one; its absence is not an error. */
const DEFAULT_NAME = 'default';

/** The profile named by the argument. @throws CredentialsFileNotFoundError, ProfileNotFoundError, CredentialsFileError */
export function explicitProfile(name: string, sources: ConnectionSources, preset: ConnectionPreset): FoundProfile {
  const { found, paths } = find(name, sources, preset, { layer: 'argument', name: 'the argument profile' });
  if (found) return found;
  if (paths.length === 0) throw new CredentialsFileNotFoundError(sources.pathOf(preset.names[0]?.file ?? ''));
  throw new ProfileNotFoundError(name, paths.join('" or "'));
}

/**
 * The profile named by the environment, or else the default one. Without any file there is none, whatever the environment says.
 *
 * @throws ProfileNotFoundError, CredentialsFileError
 */
export function chosenProfile(sources: ConnectionSources, preset: ConnectionPreset): FoundProfile | undefined {
  const named = variable(sources, preset, 'profile');
  const name = named?.value ?? DEFAULT_NAME;
  const { found, paths } = find(name, sources, preset, named?.origin);
  if (!found && paths.length > 0 && name !== DEFAULT_NAME) throw new ProfileNotFoundError(name, paths.join('" or "'));
  return found;
}

/**
 * Looks through the files in order; later ones are not read once it is found. A profile is taken whole: the key of one file
 * and the address of another must not meet.
 */
function find(
  name: string,
  sources: ConnectionSources,
  { names, lenient }: ConnectionPreset,
  chosenBy: Origin | undefined,
): { found: FoundProfile | undefined; paths: string[] } {
  const paths: string[] = [];
  for (const family of names) {
    const file = sources.credentials(family.file, lenient);
    if (!file) continue;
    paths.push(file.path);
    const profile = file.profile(name);
    const origin = { layer: 'profile', name: `profile "${name}" in ${file.path}` } as const;
    if (profile) return { found: { profile, origin, chosenBy }, paths };
  }
  return { found: undefined, paths };
}
