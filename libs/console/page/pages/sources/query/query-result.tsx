import { QueryError, ResponseError } from '@millrace/client/browser';
import { useMemo } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { download } from '../../../parts/formats/download.js';
import { Empty } from '../../../parts/display/empty.js';
import { count as countText, span } from '../../../parts/formats/format.js';
import { JsonTree } from '../../../parts/display/json-tree.js';
import { Notice } from '../../../parts/display/notice.js';
import { isObject } from '../../../parts/formats/read-json.js';
import { Table } from '../../../parts/controls/table.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { columnsOf } from './columns-of.js';
import { MOST_ROWS, type QueryState } from './use-query.js';

const ENDS: Readonly<Record<QueryState['end'], string>> = {
  none: '',
  running: 'The query runs',
  complete: 'Complete',
  stopped: 'Stopped',
  failed: 'Failed',
};

interface QueryResultProps {
  readonly source: string;
  readonly state: QueryState;
}

/** What has come of a query. */
export function QueryResult({ source, state }: QueryResultProps) {
  const { rows, count, end, error, milliseconds } = state;
  const numbered = useMemo(() => rows.map((row, index) => ({ number: index + 1, row })), [rows]);
  const columns = useMemo(() => columnsOf(numbered), [numbered]);
  if (end === 'none') return null;
  return (
    <section class="stack" aria-label="Rows">
      <div class="row">
        <span role="status">
          <strong>{ENDS[end]}</strong>
          {end !== 'running' && `: ${countText(count)} ${count === 1 ? 'row' : 'rows'}`}
        </span>
        <span class="soft">
          {end === 'running' && `${countText(count)} ${count === 1 ? 'row' : 'rows'} so far, `}
          {span(milliseconds)}
        </span>
        {rows.length > 0 && end !== 'running' && (
          <Button onClick={() => download(`${source}.json`, JSON.stringify(rows, undefined, 2), 'application/json')}>
            Download
          </Button>
        )}
      </div>
      {end === 'failed' && <Failure error={error} />}
      {count > MOST_ROWS && (
        <Notice kind="warning">Only the first {countText(MOST_ROWS)} rows are kept here. Ask for fewer.</Notice>
      )}
      {rows.length > 0 && (
        <Table label="Rows" columns={columns} rows={numbered} keyOf={({ number }) => String(number)} />
      )}
      {rows.length === 0 && end === 'complete' && <Empty>The connector has answered, without a row.</Empty>}
    </section>
  );
}

/** The connector may give a report of its own. */
function Failure({ error }: { readonly error: unknown }) {
  const detail = error instanceof QueryError || error instanceof ResponseError ? error.detail : undefined;
  const message = isObject(detail) && typeof detail['message'] === 'string' ? detail['message'] : undefined;
  return (
    <Notice kind="error">
      <p>{message ?? textOf(error)}</p>
      {isObject(detail) && <JsonTree value={detail} />}
    </Notice>
  );
}
