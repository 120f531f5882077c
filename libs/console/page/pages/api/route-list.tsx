import { Notice } from '../../parts/display/notice.js';
import { type Column, Table } from '../../parts/controls/table.js';
import type { OpenApiDocument } from './open-api.js';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch', 'head']);

const COLUMNS: readonly Column<Route>[] = [
  { name: 'Method', cell: ({ method }) => <code>{method}</code>, sortBy: ({ method }) => method },
  { name: 'Path', cell: ({ path }) => <code>{path}</code>, sortBy: ({ path }) => path },
  { name: 'What it does', cell: ({ summary }) => summary },
  { name: 'Part', cell: ({ tag }) => tag, sortBy: ({ tag }) => tag },
];

/** The routes to read, without a way to try them. */
export function RouteList({ document }: { readonly document: OpenApiDocument }) {
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, { summary = '', tags = [] }]) => ({
        method: method.toUpperCase(),
        path,
        summary,
        tag: tags[0] ?? '',
      })),
  );
  return (
    <>
      <Notice kind="info">
        To try the routes here, install the package <code>swagger-ui-dist</code> beside <code>@millrace/console</code>.
      </Notice>
      <Table label="Routes" columns={COLUMNS} rows={routes} keyOf={({ method, path }) => `${method} ${path}`} />
    </>
  );
}
