import { JsonRpcError } from '@millrace/client/browser';
import { JsonTree } from '../../../parts/display/json-tree.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';

/** Why a call has failed. */
export function ErrorView({ error }: { readonly error: unknown }) {
  if (!(error instanceof JsonRpcError)) return <Notice kind="error">{textOf(error)}</Notice>;
  const { code, message, data } = error;
  return (
    <Notice kind="error">
      <p>
        <code>{code}</code> {message}
      </p>
      {data !== undefined && <JsonTree value={data} open={2} />}
    </Notice>
  );
}
