/** What a profile says; absent members are undefined. */
export interface Profile {
  readonly endpoints: string | readonly string[] | undefined;
  readonly apiKey: string | undefined;
}

/** A credentials file that exists and is well-formed as a whole. */
export interface CredentialsFile {
  readonly path: string;
  /** The profile of that name. @throws CredentialsFileError when just this profile is malformed */
  profile(name: string): Profile | undefined;
}

/** Where a connection's settings may come from, besides the arguments. */
export interface ConnectionSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Full path of a credentials file, for messages. */
  pathOf(file: string): string;
  /**
   * Reads a credentials file (path below the home directory); undefined when there is none.
   *
   * @param lenient also read the flat forms and lists of endpoints
   * @throws CredentialsFileError when it cannot be read or understood
   */
  credentials(file: string, lenient: boolean): CredentialsFile | undefined;
  /** Reads a file with certificates. @throws Error of the system when it cannot */
  certificates(path: string): string;
}
