import { ForbiddenError, JsonRpcError } from '@millrace/client/browser';
import { ERROR_TABLE } from '@millrace/protocol';
import { link, route } from '../../app/route.js';
import { may } from '../../app/session.js';
import { Empty } from '../../parts/display/empty.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import type { Method, MethodDocument } from './document.js';
import { HistoryList } from './history/history-list.js';
import { MethodList } from './method-list.js';
import { MethodPage } from './method-page.js';
import { readDocument } from './rpc.js';
import { UnlistedMethods } from './unlisted-methods.js';

/** `#/methods` lists the methods of JSON-RPC, `#/methods/NAME` opens one of them. */
export default function Methods() {
  const [, name] = route.value.path;
  const loaded = useLoaded(readDocument, []);
  if (isForbidden(loaded.error)) {
    return (
      <>
        <UnlistedMethods name={name} />
        <HistoryList />
      </>
    );
  }
  return (
    <ShowLoaded of={loaded} what="the methods">
      {(document) => <Listed document={document} name={name} />}
    </ShowLoaded>
  );
}

function Listed({ document, name }: { readonly document: MethodDocument; readonly name: string | undefined }) {
  const methods = document.methods.filter(mayCall);
  const method = methods.find((one) => one.name === name);
  if (name === undefined) {
    return (
      <>
        <Heading title="Methods" about={`${document.info.description ?? ''} They are called by JSON-RPC 2.0.`} />
        {methods.length > 0 ? (
          <MethodList methods={methods} open={undefined} />
        ) : (
          <Empty>There is no method that you may call.</Empty>
        )}
        <HistoryList />
      </>
    );
  }
  return (
    <div class="methods">
      <div class="beside">
        <MethodList methods={methods} open={name} />
      </div>
      <div class="stack">
        <a class="back" href={link(['methods'])}>
          All methods
        </a>
        {method ? (
          <MethodPage key={name} method={method} />
        ) : (
          <Notice kind="error">There is no method “{name}” here, or you may not call it.</Notice>
        )}
        <HistoryList />
      </div>
    </div>
  );
}

/** Hidden is what is sure to be refused. What depends on the params is not known before the call. */
function mayCall({ 'x-scopes': scopes = [] }: Method): boolean {
  return scopes.filter((scope) => !scope.includes('{')).every(may);
}

function isForbidden(error: unknown): boolean {
  if (error instanceof ForbiddenError) return true;
  return error instanceof JsonRpcError && error.code === ERROR_TABLE.FORBIDDEN.rpc;
}
