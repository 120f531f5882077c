/** The head of a document: `info` of OpenAPI and of AsyncAPI. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly contact?: object;
  readonly license?: { readonly name: string; readonly url?: string };
}
