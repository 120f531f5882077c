import type { IssuedApiKey } from '@millrace/protocol';
import { server } from '../../app/servers.js';
import { Button } from '../../parts/controls/button.js';
import { CopyText } from '../../parts/controls/copy-text.js';
import { dateTime } from '../../parts/formats/format.js';
import { Notice } from '../../parts/display/notice.js';
import { isEncrypted } from './confidential.js';

interface IssuedKeyProps {
  readonly issued: IssuedApiKey;
  /** The user has copied it. */
  readonly onKept: () => void;
  readonly onDone: () => void;
}

/** A new key, which is shown this once, and how a program uses it. */
export function IssuedKey({ issued: { name, key, expires }, onKept, onDone }: IssuedKeyProps) {
  const root = server('keys').url.replace(/^http:/, 'https:');
  return (
    <div class="body">
      <Notice kind="warning">
        Copy the key now. The server keeps only a mark of it, and can never show it again. Whoever has it may do what
        its scopes say.
      </Notice>
      <CopyText label={`The key “${name}”`} text={key} onCopied={onKept} />
      <p class="soft">
        {expires === null
          ? 'It never runs out: revoke it when it is needed no more.'
          : `Runs out ${dateTime(expires)}.`}
      </p>
      <CopyText
        label="Try it: the server says what the key may do"
        text={`curl -H 'Authorization: Bearer ${key}' ${root}token`}
        onCopied={onKept}
      />
      <CopyText
        label="In a program"
        text={`import { connect } from '@millrace/client';\n\nconst millrace = await connect('${root}', { apiKey: process.env.MILLRACE_API_KEY });`}
      />
      {!isEncrypted() && (
        <Notice kind="info">
          Keys count on TLS connections only. This page came by plain http: use the key by the https address of the
          server, or through its proxy with TLS. One that was sent by plain http has to be revoked.
        </Notice>
      )}
      <div class="row end">
        <Button kind="main" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
