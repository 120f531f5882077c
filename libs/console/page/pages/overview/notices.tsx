import type { PartNotice } from '@millrace/protocol';
import { Notice } from '../../parts/display/notice.js';

/** What is wrong or unsafe, the worst first. */
export function Notices({ notices }: { readonly notices: readonly PartNotice[] }) {
  const isWell = notices.every(({ level }) => level === 'info');
  return (
    <section class="stack notices" aria-label="Notices">
      {isWell && <Notice kind="good">All is well: the server finds nothing wrong or unsafe.</Notice>}
      {notices.map(({ code, level, part, text, remedy }) => (
        <Notice key={`${code} ${text}`} kind={level}>
          <strong>{text}.</strong> {remedy}.{' '}
          <span class="small soft nowrap">
            {part} · {code}
          </span>
        </Notice>
      ))}
    </section>
  );
}
