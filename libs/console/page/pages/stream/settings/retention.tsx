import type { StreamInfo } from '@millrace/client/browser';
import { bytes, count, span } from '../../../parts/formats/format.js';

/** What bounds a stream now. */
export function Retention({ info: { retention, length, bytes: size } }: { readonly info: StreamInfo }) {
  return (
    <section class="card stack" aria-labelledby="retention">
      <h2 id="retention">Retention</h2>
      {retention ? (
        <dl class="stream-facts">
          <dt>Entries</dt>
          <dd>{retention.maxLength === undefined ? 'not bounded' : entriesWithin(retention.maxLength, length)}</dd>
          <dt>Age</dt>
          <dd>{retention.maxAge === undefined ? 'not bounded' : `up to ${span(retention.maxAge * 1000)}`}</dd>
          <dt>Size</dt>
          <dd>
            {retention.maxBytes === undefined
              ? 'not bounded'
              : `up to ${bytes(retention.maxBytes)}${size === undefined ? '' : `, of which ${bytes(size)} are used`}`}
          </dd>
        </dl>
      ) : (
        <p class="soft">This server does not tell what bounds a stream.</p>
      )}
      <p class="soft small">
        The metadata <code>max_len</code> (entries), <code>max_age</code> (seconds) and <code>max_bytes</code> bound
        this stream; where they say nothing, the settings of the server do.
      </p>
    </section>
  );
}

/** A store removes several at a time, so that a few more may be there meanwhile. */
function entriesWithin(most: number, length: number): string {
  const there =
    length > most ? `and ${count(length - most)} more until they are removed` : `of which ${count(length)} are there`;
  return `the newest ${count(most)}, ${there}`;
}
