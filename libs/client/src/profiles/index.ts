export type { ConnectionArguments, ConnectionSettings, Endpoint, Origin } from './connection-settings.js';
export * from './errors/index.js';
export { BTRDB_PRESET, DEFAULT_PRESET, type ConnectionPreset } from './preset.js';
export { resolveConnection } from './resolve-connection.js';
export type { ConnectionSources, CredentialsFile, Profile } from './sources.interface.js';
