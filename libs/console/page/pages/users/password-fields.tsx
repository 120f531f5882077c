import { TextField } from '../../parts/controls/field.js';

const LEAST = 8;
const MOST = 1024;

/** A password, typed twice. */
export interface TypedPassword {
  readonly first: string;
  readonly again: string;
}

interface PasswordFieldsProps {
  readonly label: string;
  readonly value: TypedPassword;
  readonly onChange: (value: TypedPassword) => void;
}

/** What is wrong with a password; undefined when it can be taken. */
export function passwordFault(password: TypedPassword): string | undefined {
  return lengthFault(password) ?? (password.first === password.again ? undefined : 'The two are not the same');
}

/** A new password, twice. */
export function PasswordFields({ label, value, onChange }: PasswordFieldsProps) {
  const { first, again } = value;
  return (
    <>
      <TextField
        label={label}
        type="password"
        hint={`${LEAST} to ${MOST} characters, of any kind`}
        fault={first === '' ? undefined : lengthFault(value)}
        value={first}
        onInput={(text) => onChange({ ...value, first: text })}
        autocomplete="new-password"
        required
      />
      <TextField
        label={`${label}, once more`}
        type="password"
        fault={again !== '' && again !== first ? 'The two are not the same' : undefined}
        value={again}
        onInput={(text) => onChange({ ...value, again: text })}
        autocomplete="new-password"
        required
      />
    </>
  );
}

function lengthFault({ first }: TypedPassword): string | undefined {
  if (first.length < LEAST) return `Has ${first.length} characters; ${LEAST} are the least`;
  return first.length > MOST ? `Has ${first.length} characters; ${MOST} are the most` : undefined;
}
