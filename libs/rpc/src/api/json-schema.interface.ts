/** A JSON Schema of the forms that rpc§8.1 allows. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';
  readOnly?: true;
  writeOnly?: true;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  enum?: readonly unknown[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: false | JsonSchema;
  oneOf?: readonly JsonSchema[];
  /** Keywords the reference client passes over, for example `pattern` or `format`. */
  [keyword: string]: unknown;
}
