import { link } from '../../../app/route.js';
import { may } from '../../../app/session.js';
import { bytes, count } from '../../../parts/formats/format.js';

/** One entry that was stored. */
export interface Sent {
  readonly id: string;
  readonly bytes: number;
}

interface AcknowledgedProps {
  readonly stream: string;
  /** The newest first. */
  readonly sent: readonly Sent[];
  /** All of this visit. */
  readonly total: number;
}

/** IDs of what was stored. */
export function Acknowledged({ stream, sent, total }: AcknowledgedProps) {
  if (total === 0) return null;
  const mayRead = may(`streams:read:${stream}`);
  return (
    <section class="card stack" aria-labelledby="acknowledged">
      <h2 id="acknowledged">Stored</h2>
      <p class="soft">
        {count(total)} {total === 1 ? 'entry' : 'entries'} on this visit
        {total > sent.length && `; the newest ${sent.length}:`}
      </p>
      <ol class="acknowledged">
        {sent.map(({ id, bytes: size }) => (
          <li key={id}>
            {mayRead ? (
              <a href={link(['streams', stream, 'live'], { from: id })}>
                <code>{id}</code>
              </a>
            ) : (
              <code>{id}</code>
            )}{' '}
            <span class="soft">{bytes(size)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
