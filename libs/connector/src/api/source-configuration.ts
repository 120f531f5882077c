/** The configuration document of a source: any JSON object. */
export type SourceConfiguration = Record<string, unknown>;
