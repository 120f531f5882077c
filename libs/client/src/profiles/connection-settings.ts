/** What the caller says about the server. Undefined or null is absent; an empty text is a value. */
export interface ConnectionArguments {
  /** `host:port`; with the default preset also URLs and lists. */
  endpoint?: string | readonly string[] | null;
  apiKey?: string | null;
  /** Name of a profile: used alone, whatever else is set. */
  profile?: string | null;
  /** With the default preset: force TLS on, or off for port 4411. */
  tls?: boolean;
  /** Send a profile's key also to another host than the profile's. @default false */
  keyForOtherHosts?: boolean;
  /** Send the key on plain connections too. @default false */
  keyInClear?: boolean;
  /** Look for no key: the caller proves otherwise who it is. @default false */
  withoutKey?: boolean;
  /** What messages and origins call the arguments, where a user gave them by other names. @default 'the argument …' */
  names?: { readonly endpoint?: string; readonly apiKey?: string };
}

/** Where a value came from. */
export interface Origin {
  readonly layer: 'argument' | 'environment' | 'profile';
  /** The argument, the variable, or the profile with its file. */
  readonly name: string;
}

/** One address of the server. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Path of a URL, without a slash at the end; else empty. */
  readonly path: string;
  /** As it was written. */
  readonly address: string;
}

/** Everything needed to dial, and where each value came from. */
export interface ConnectionSettings {
  /** In the order in which they are tried. */
  readonly endpoints: readonly Endpoint[];
  readonly apiKey: string | undefined;
  /** Authorities to trust instead of the built-in ones; only for TLS. */
  readonly authorities: { readonly path: string; readonly pem: string } | undefined;
  readonly origins: {
    readonly endpoint: Origin;
    readonly apiKey: Origin | undefined;
    /** What named the profile. */
    readonly profile: Origin | undefined;
    readonly authorities: Origin | undefined;
  };
  /** What a user should know, for example that a profile's key goes to another host. */
  readonly warnings: readonly string[];
}

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
