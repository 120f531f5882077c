import type { Schema } from './schema/schema.js';

/** One parameter of a method. */
export interface MethodParameter {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
  /** It stands for all params together. */
  readonly 'x-variadic'?: boolean;
}

/** One method, as the OpenRPC document describes it. */
export interface Method {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly { readonly name: string }[];
  readonly params: readonly MethodParameter[];
  readonly result?: { readonly schema: Schema };
  readonly errors?: readonly { readonly code: number; readonly message: string }[];
  readonly deprecated?: boolean;
  /** Sends progress and can be cancelled. */
  readonly 'x-async'?: boolean;
  /** What its callers must be allowed; one of them that is missing is enough for a refusal. */
  readonly 'x-scopes'?: readonly string[];
}

/** What `rpc.discover` answers. */
export interface MethodDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly methods: readonly Method[];
}

/** Methods by their first tag, each group by name; built-in ones come last. */
export function groupsOf(methods: readonly Method[]): readonly (readonly [tag: string, methods: readonly Method[]])[] {
  const groups = new Map<string, Method[]>();
  for (const method of methods) {
    const tag = groupOf(method);
    const group = groups.get(tag);
    if (group) group.push(method);
    else groups.set(tag, [method]);
  }
  return [...groups].sort(([left], [right]) => Number(left === BUILT_IN) - Number(right === BUILT_IN));
}

/** Tag of the methods that every server has. */
const BUILT_IN = 'Core';

/** The first tag names the class, which says less than one that somebody has chosen. */
function groupOf({ tags = [] }: Method): string {
  return (tags[1] ?? tags[0])?.name ?? 'Others';
}
