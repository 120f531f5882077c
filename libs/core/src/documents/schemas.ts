export const TEXT = { type: 'string' } as const;
export const INTEGER = { type: 'integer' } as const;
/** A switch that is off unless it is set. */
export const BOOLEAN = { type: 'boolean', default: false } as const;
export const BINARY = { type: 'string', format: 'binary' } as const;

/** A schema of `components.schemas`, by its name. */
export function ref(name: string): Readonly<Record<string, unknown>> {
  return { $ref: `#/components/schemas/${name}` };
}

export function arrayOf(items: object): Readonly<Record<string, unknown>> {
  return { type: 'array', items };
}
