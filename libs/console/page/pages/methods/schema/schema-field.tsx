import { Choice, TextArea, TextField } from '../../../parts/controls/field.js';
import type { MethodParameter } from '../document.js';
import { fieldKindOf } from './field-values.js';
import { givenExample, kindOf } from './schema.js';

interface SchemaFieldProps {
  readonly parameter: MethodParameter;
  readonly text: string;
  readonly onInput: (text: string) => void;
  readonly fault: string | undefined;
}

/** A field for one parameter, by its schema. */
export function SchemaField({ parameter, text, onInput, fault }: SchemaFieldProps) {
  const { name, schema, required, description = schema.description } = parameter;
  const isOptional = required !== true;
  const label = isOptional ? `${name} (optional)` : name;
  const initial = schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`;
  const example = givenExample(schema);
  const such = example === undefined ? '' : `such as ${JSON.stringify(example)}`;
  const hint = [description, kindOf(schema), such, initial].filter(Boolean).join(' · ');
  const common = { label, hint, fault: fault && `${name} ${fault}`, value: text };
  switch (fieldKindOf(schema)) {
    case 'boolean':
      return <Choice {...common} choices={choicesOf([false, true], isOptional)} onChange={onInput} />;
    case 'choice':
      return <Choice {...common} choices={choicesOf(schema.enum ?? [], isOptional)} onChange={onInput} />;
    case 'number':
      return <TextField {...common} type="number" step="any" onInput={onInput} />;
    case 'text':
      return <TextField {...common} onInput={onInput} autocomplete="off" />;
    case 'json':
      return <TextArea {...common} rows={Math.min(12, Math.max(2, text.split('\n').length))} onInput={onInput} />;
  }
}

/** Values as JSON, which keeps `1` and `"1"` apart, with their names. */
function choicesOf(values: readonly unknown[], isOptional: boolean): Record<string, string> {
  return {
    ...(isOptional && { '': '(not given)' }),
    ...Object.fromEntries(
      values.map((value) => [JSON.stringify(value), typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
  };
}
