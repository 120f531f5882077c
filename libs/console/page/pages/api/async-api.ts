/** The part of an AsyncAPI 3 document that is looked at here. */
export interface AsyncApiDocument {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
}

export interface SchemaOf {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

export interface Channel {
  readonly title: string;
  readonly address: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, SchemaOf>>;
  readonly bindings?: {
    readonly ws?: { readonly query?: { readonly properties?: Readonly<Record<string, SchemaOf>> } };
  };
}

interface Reference {
  readonly $ref: string;
}

interface Operation {
  /** What the server does: `receive` is what it takes. */
  readonly action: 'send' | 'receive';
  readonly channel: Reference;
  readonly messages: readonly Reference[];
}

export interface Message {
  readonly title?: string;
  readonly name: string;
  readonly contentType?: string;
  readonly summary?: string;
  readonly examples?: readonly { readonly payload: unknown }[];
  readonly payload?: unknown;
}

/** The messages of one direction over a channel. */
export function messagesOf(document: AsyncApiDocument, channel: string, action: 'send' | 'receive'): Message[] {
  return Object.values(document.operations)
    .filter((one) => one.action === action && one.channel.$ref === `#/channels/${channel}`)
    .flatMap(({ messages }) => messages.map((reference) => resolved(document, reference) as Message));
}

function resolved(document: object, { $ref }: Reference): unknown {
  let value: unknown = document;
  for (const name of $ref.slice(2).split('/')) {
    value = (value as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

/** `string, default "x"`, or the values there are. */
export function describeSchema({ type, enum: values, default: initial }: SchemaOf): string {
  const parts = [
    values ? values.map(String).join(' | ') : type,
    initial === undefined ? '' : `default ${JSON.stringify(initial)}`,
  ];
  return parts.filter(Boolean).join(', ');
}
