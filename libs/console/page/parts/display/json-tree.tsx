/** Members of one object or list that are shown at first. */
const MOST = 100;

interface JsonTreeProps {
  readonly value: unknown;
  readonly name?: string;
  /** Opened to this depth. @default 1 */
  readonly open?: number;
}

/** JSON as a tree that opens and closes. */
export function JsonTree({ value, name, open = 1 }: JsonTreeProps) {
  const label = name !== undefined && <span class="json-name">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="json-leaf">
        {label}
        <span class={`json-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value) ?? 'undefined'}</span>
      </div>
    );
  }
  const members = Object.entries(value) as [string, unknown][];
  const isList = Array.isArray(value);
  const shape = isList ? `[${members.length}]` : `{${members.length}}`;
  if (members.length === 0) {
    return (
      <div class="json-leaf">
        {label}
        {isList ? '[]' : '{}'}
      </div>
    );
  }
  return (
    <details class="json-branch" open={open > 0}>
      <summary>
        {label}
        <span class="soft">{shape}</span>
      </summary>
      {members.slice(0, MOST).map(([key, member]) => (
        <JsonTree key={key} name={key} value={member} open={open - 1} />
      ))}
      {members.length > MOST && <div class="soft">and {members.length - MOST} more</div>}
    </details>
  );
}
