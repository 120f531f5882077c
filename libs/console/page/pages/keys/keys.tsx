import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { Button } from '../../parts/controls/button.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { isConfidential } from './confidential.js';
import { KeyList } from './key-list.js';
import { NewKeyDialog } from './new-key-dialog.js';

/** How often the list is asked for, in milliseconds: others may make keys, and those in use have new times. */
const EVERY = 15_000;

/** The API keys of the server. */
export default function Keys() {
  const [isMaking, setMaking] = useState(false);
  const keys = useLoaded(() => server('keys').keys.list(), [], { every: EVERY });
  const canMake = isConfidential() && may('keys:admin');

  return (
    <>
      <Heading
        title="Keys"
        about="API keys are for programs that run for long. A key has scopes of its own, and counts until it runs out or is revoked."
      >
        <Button kind="main" disabled={!canMake} onClick={() => setMaking(true)}>
          New key
        </Button>
      </Heading>
      {!isConfidential() && (
        <Notice kind="warning">
          This page came by plain http, where everybody on the way can read along, so the server shows no new key here.
          Open the console by <strong>https</strong>, or make the key on the machine of the server:{' '}
          <code>millrace keys create</code>.
        </Notice>
      )}
      <ShowLoaded of={keys} what="the keys">
        {(found) => <KeyList keys={found} onRevoked={keys.reload} />}
      </ShowLoaded>
      {isMaking && <NewKeyDialog onMade={keys.reload} onClose={() => setMaking(false)} />}
    </>
  );
}
