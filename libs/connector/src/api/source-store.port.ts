import type { OperationsPart } from '@millrace/core/ops';
import type { DirectorySettings, SourceDirectory } from '../hub/directory/source-directory.js';
import type { SourceConfiguration } from './source-configuration.js';

export type { SourceConfiguration } from './source-configuration.js';

/**
 * The port for the sources of a hub and their configuration documents; also its injection token. Every driver passes the
 * contract suite in `@millrace/connector/testing`.
 *
 * @publicApi
 */
export abstract class SourceStore {
  /** What the storage says of itself to those who operate the service, beside what the hub says. */
  readonly operations?: OperationsPart;

  /** Names of all sources, sorted. */
  abstract names(): Promise<readonly string[]>;
  /** The document of a source, or undefined when there is no such source. The caller may not change it. */
  abstract get(source: string): Promise<SourceConfiguration | undefined>;
  /** Creates a source or replaces its document. It is kept when the promise resolves. */
  abstract put(source: string, configuration: SourceConfiguration): Promise<void>;
  /** Removes a source. @returns whether there was one */
  abstract delete(source: string): Promise<boolean>;
  /** Looks whether documents can be read and kept, for health. @throws MillraceError `UNAVAILABLE` saying why not */
  check?(): Promise<void>;
  /**
   * Which instance has the session of which source, where several share the store. Without it each instance is alone with its
   * sessions.
   *
   * @internal
   */
  shareSources?(settings: DirectorySettings): SourceDirectory;
  /** Lets go of connections when the application ends. */
  close?(): Promise<void>;
}
