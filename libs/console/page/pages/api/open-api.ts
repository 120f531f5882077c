/** The part of an OpenAPI document that is looked at here. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, SecurityScheme>> };
}

interface OpenApiOperation {
  readonly summary?: string;
  readonly tags?: readonly string[];
}

interface SecurityScheme {
  readonly flows?: Readonly<Record<string, { readonly tokenUrl?: string }>>;
}

/** The document as this browser reaches the server: behind a proxy that puts it below a path, paths begin elsewhere. */
export function asReachedAt(root: string, document: OpenApiDocument): object {
  const { components } = document;
  const schemes = Object.entries(components?.securitySchemes ?? {}).map(([name, scheme]) => [
    name,
    scheme.flows ? { ...scheme, flows: withTokenUrls(root, scheme.flows) } : scheme,
  ]);
  return {
    ...document,
    servers: [{ url: root }],
    components: { ...components, securitySchemes: Object.fromEntries(schemes) as object },
  };
}

function withTokenUrls(root: string, flows: NonNullable<SecurityScheme['flows']>): object {
  return Object.fromEntries(
    Object.entries(flows).map(([name, flow]) => [
      name,
      flow.tokenUrl === undefined ? flow : { ...flow, tokenUrl: `${root}/${flow.tokenUrl.replace(/^\//, '')}` },
    ]),
  );
}
