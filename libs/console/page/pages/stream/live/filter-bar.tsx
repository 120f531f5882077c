import { useEffect, useState } from 'preact/hooks';
import { Choice, TextField } from '../../../parts/controls/field.js';
import { EVERYTHING, type Filter, readFilter } from './filter.js';
import type { LiveFeed } from './live-feed.js';

/** How long the user does not type before the filter counts, in milliseconds. */
const CALM = 250;

/** Which entries are shown. */
export function FilterBar({ feed }: { readonly feed: LiveFeed }) {
  const [filter, setFilter] = useState<Filter>(EVERYTHING);
  const [fault, setFault] = useState('');

  useEffect(() => {
    const timer = setTimeout(() => {
      const read = readFilter(filter);
      const isFault = typeof read === 'object';
      setFault(isFault ? read.fault : '');
      if (!isFault) feed.filter(read);
    }, CALM);
    return () => clearTimeout(timer);
  }, [feed, filter]);

  return (
    <>
      <Choice
        label="Filter by"
        value={filter.kind}
        onChange={(kind) => setFilter({ ...filter, kind })}
        choices={{ text: 'Text', json: 'JSON value' }}
      />
      <div class="grow">
        <TextField
          label="Filter"
          type="search"
          placeholder={filter.kind === 'text' ? 'Text in the entry' : 'state.temperature>20'}
          value={filter.text}
          onInput={(text) => setFilter({ ...filter, text })}
          fault={fault || undefined}
        />
      </div>
    </>
  );
}
