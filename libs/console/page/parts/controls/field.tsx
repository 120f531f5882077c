import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  /** What may stand in it. */
  readonly hint?: ComponentChildren;
  /** What is wrong with what stands in it. */
  readonly fault?: string | undefined;
  /** The label is read out, and not seen: where the place says it, such as a search above a list. */
  readonly bare?: boolean;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'datetime-local';
  readonly autocomplete?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  /** Letters of one width, for names and IDs. */
  readonly mono?: boolean;
  /** Further values to choose from. */
  readonly suggestions?: readonly string[];
}

/** One line of text. */
export function TextField(props: TextFieldProps) {
  const { label, hint, fault, bare, value, onInput, mono, suggestions, type = 'text', ...rest } = props;
  // Preact has a type of its own for each kind of input.
  const attributes: object = { type, ...rest };
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault} bare={bare}>
      <input
        id={id}
        class={mono ? 'mono' : undefined}
        value={value}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
        aria-invalid={fault !== undefined && fault !== ''}
        list={suggestions && `${id}-list`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        {...attributes}
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </Frame>
  );
}

interface TextAreaProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
  readonly placeholder?: string;
}

/** Several lines, in letters of one width. */
export function TextArea({ label, hint, fault, bare, value, onInput, rows = 6, placeholder }: TextAreaProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault} bare={bare}>
      <textarea
        id={id}
        class="mono"
        rows={rows}
        value={value}
        placeholder={placeholder}
        spellcheck={false}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
        aria-invalid={fault !== undefined && fault !== ''}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </Frame>
  );
}

interface ChoiceProps<Value extends string> extends FieldProps {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Names by value. */
  readonly choices: Readonly<Record<Value, string>>;
}

/** One of a few. */
export function Choice<Value extends string>({
  label,
  hint,
  fault,
  bare,
  value,
  onChange,
  choices,
}: ChoiceProps<Value>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault} bare={bare}>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}>
        {(Object.entries(choices) as [Value, string][]).map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </Frame>
  );
}

interface TickProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

/** Yes or no. */
export function Tick({ label, checked, onChange, disabled = false }: TickProps) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

function Frame({
  id,
  label,
  hint,
  fault,
  bare,
  children,
}: { readonly id: string; readonly children: ComponentChildren } & {
  [Name in keyof FieldProps]: FieldProps[Name] | undefined;
}) {
  return (
    <div class="field">
      <label for={id} class={bare ? 'hidden' : undefined}>
        {label}
      </label>
      {children}
      {(hint || fault) && (
        <div id={`${id}-hint`} class={fault ? 'hint fault' : 'hint'}>
          {fault || hint}
        </div>
      )}
    </div>
  );
}
