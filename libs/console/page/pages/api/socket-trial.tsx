import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/controls/button.js';
import { TextArea, TextField, Tick } from '../../parts/controls/field.js';
import { hostRoot } from './documents.js';

/** Lines of the log that are kept. */
const MOST = 200;
/** Letters of one message that are shown. */
const LONGEST = 500;

interface Line {
  readonly id: number;
  readonly kind: 'sent' | 'received' | 'soft' | 'bad';
  readonly text: string;
}

/** Opens a socket by the cookie of the console, and shows what goes over it. */
export function SocketTrial({ address }: { readonly address: string }) {
  const [path, setPath] = useState(address.replace(/\{(\w+)\}/g, 'hello'));
  const [text, setText] = useState('');
  const [isBinary, setBinary] = useState(true);
  const [state, setState] = useState<'closed' | 'opening' | 'open'>('closed');
  const [lines, setLines] = useState<readonly Line[]>([]);
  const socket = useRef<WebSocket | undefined>(undefined);
  const next = useRef(0);
  useEffect(() => () => socket.current?.close(), []);

  const note = (kind: Line['kind'], line: string): void => {
    const id = (next.current += 1);
    setLines((before) => [...before, { id, kind, text: line.slice(0, LONGEST) }].slice(-MOST));
  };
  const open = (): void => {
    const url = new URL(`${hostRoot()}/${path.replace(/^\//, '')}`);
    url.protocol = url.protocol.replace('http', 'ws');
    const opened = new WebSocket(url);
    opened.binaryType = 'arraybuffer';
    opened.onopen = () => {
      note('soft', 'open');
      setState('open');
    };
    opened.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => note('received', `← ${shown(data)}`);
    opened.onclose = ({ code, reason }) => {
      note(code === 1000 || code === 1005 ? 'soft' : 'bad', `closed: ${code} ${reason}`);
      setState('closed');
    };
    socket.current = opened;
    setState('opening');
  };
  const send = (event: Event): void => {
    event.preventDefault();
    socket.current?.send(isBinary ? new TextEncoder().encode(text) : text);
    note('sent', `→ ${text}`);
  };

  return (
    <form class="stack trial" onSubmit={send}>
      <TextField label="Path and query" value={path} onInput={setPath} mono />
      <div class="row">
        {state === 'closed' ? (
          <Button onClick={open}>Open</Button>
        ) : (
          <Button onClick={() => socket.current?.close()}>Close</Button>
        )}
      </div>
      <TextArea label="Message" value={text} onInput={setText} rows={2} />
      <div class="row">
        <Button type="submit" disabled={state !== 'open'}>
          Send
        </Button>
        <Tick label="as binary" checked={isBinary} onChange={setBinary} />
      </div>
      <div class="log" role="log" aria-label="What went over the socket" tabIndex={0}>
        {lines.map(({ id, kind, text: line }) => (
          <div key={id} class={kind}>
            {line}
          </div>
        ))}
      </div>
    </form>
  );
}

function shown(data: string | ArrayBuffer): string {
  if (typeof data === 'string') return data;
  return `${data.byteLength} bytes: ${new TextDecoder().decode(data.slice(0, LONGEST))}`;
}
