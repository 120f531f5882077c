/** The head of a document: `info` of OpenAPI and of AsyncAPI. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly contact?: object;
  readonly license?: { readonly name: string; readonly url?: string };
}

type Named = Readonly<Record<string, unknown>>;

/** What a module adds to an OpenAPI 3.1 document. */
export interface OpenApiFragment {
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Named;
  readonly components?: { readonly schemas?: Named; readonly securitySchemes?: Named };
  /** Names of security schemes that are further ways to the token of `bearer`: a place that asks for that takes these too. */
  readonly bearerAlternatives?: readonly string[];
  /** As the option of its module: the paths stay where they are, whatever prefix the host has. @default false */
  readonly ignoreGlobalPrefix?: boolean;
}
