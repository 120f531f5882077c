import { useState } from 'preact/hooks';
import { link } from '../../app/route.js';
import { Badge } from '../../parts/display/badge.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { groupsOf, type Method } from './document.js';

interface MethodListProps {
  readonly methods: readonly Method[];
  /** Name of the one that is open. */
  readonly open: string | undefined;
}

/** The methods by their tags, to be searched. */
export function MethodList({ methods, open }: MethodListProps) {
  const [search, setSearch] = useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = methods.filter((method) => {
    const text = textToSearch(method);
    return words.every((word) => text.includes(word));
  });
  return (
    <nav class="method-list" aria-label="Methods">
      <TextField
        label="Search methods"
        bare
        type="search"
        placeholder="Search methods"
        value={search}
        onInput={setSearch}
        autocomplete="off"
      />
      {groupsOf(found).map(([tag, group]) => (
        <section key={tag}>
          <h3>{tag}</h3>
          <ul>
            {group.map(({ name, summary, description, deprecated, 'x-async': isAsync }) => (
              <li key={name}>
                <a href={link(['methods', name])} aria-current={name === open ? 'page' : undefined}>
                  <span>
                    <span class="mono">{name}</span> {isAsync && <Badge>async</Badge>}{' '}
                    {deprecated && <Badge kind="warning">deprecated</Badge>}
                  </span>
                  {open === undefined && <span class="soft small">{summary ?? description}</span>}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {found.length === 0 && <Empty>No method has “{search}” in its name, its description or its tags.</Empty>}
    </nav>
  );
}

function textToSearch({ name, summary = '', description = '', tags = [] }: Method): string {
  return [name, summary, description, ...tags.map((tag) => tag.name)].join(' ').toLowerCase();
}
