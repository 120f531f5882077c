import { TextField, Tick } from '../../parts/controls/field.js';
import type { RegistryFilter } from './registry-filter.js';

interface FilterFormProps {
  readonly filter: RegistryFilter;
  readonly onChange: (changes: Partial<RegistryFilter>) => void;
  /** Data types that are known. */
  readonly types: readonly string[];
  /** What is wrong with the pattern. */
  readonly fault: string | undefined;
}

/** What is to be shown of a partition. */
export function FilterForm({ filter, onChange, types, fault }: FilterFormProps) {
  return (
    <div class="registry-filter">
      <TextField
        label="Pattern of names"
        type="search"
        mono
        hint={
          <>
            A regular expression for the whole name, such as <code>DRO-.*</code>
          </>
        }
        fault={fault}
        value={filter.pattern}
        onInput={(pattern) => onChange({ pattern })}
        autocomplete="off"
      />
      <TextField
        label="Data type"
        type="search"
        hint="Exactly; empty for all"
        value={filter.dataType}
        onInput={(dataType) => onChange({ dataType })}
        suggestions={types}
        autocomplete="off"
      />
      <Tick label="Live ones only" checked={filter.liveOnly} onChange={(liveOnly) => onChange({ liveOnly })} />
    </div>
  );
}
