import type { RpcAnswer } from '@millrace/client/browser';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { CopyText } from '../../../parts/controls/copy-text.js';
import { download } from '../../../parts/formats/download.js';
import { bytes } from '../../../parts/formats/format.js';
import { Hex } from '../../../parts/display/hex.js';
import { JsonTree } from '../../../parts/display/json-tree.js';
import { pictureOf } from './picture-of.js';
import { took } from './took.js';

interface AnswerViewProps {
  readonly method: string;
  readonly answer: RpcAnswer;
  readonly milliseconds: number;
}

/** What a method has answered. */
export function AnswerView({ method, answer, milliseconds }: AnswerViewProps) {
  const [isRaw, setRaw] = useState(false);
  const { result, binary } = answer;
  return (
    <div class="card stack">
      <div class="row">
        <strong>Answer</strong>
        <span class="soft">after {took(milliseconds)}</span>
        <Button pressed={!isRaw} onClick={() => setRaw(false)}>
          Tree
        </Button>
        <Button pressed={isRaw} onClick={() => setRaw(true)}>
          Raw
        </Button>
      </div>
      {isRaw ? (
        <CopyText label="Result" text={JSON.stringify(result, undefined, 2) ?? 'undefined'} />
      ) : (
        <JsonTree value={result} open={2} />
      )}
      {binary.length > 0 && <Payload method={method} answer={answer} />}
    </div>
  );
}

/** The bytes that came with an answer. */
function Payload({ method, answer }: Pick<AnswerViewProps, 'method' | 'answer'>) {
  const { binary } = answer;
  const picture = pictureOf(answer);
  const [source, setSource] = useState<string | undefined>();
  useEffect(() => {
    if (!picture) return;
    const url = URL.createObjectURL(new Blob([picture.bytes as Uint8Array<ArrayBuffer>], { type: picture.type }));
    setSource(url);
    return () => URL.revokeObjectURL(url);
  }, [answer]);
  const ending = picture?.type.split('/')[1] ?? 'bin';
  return (
    <>
      <div class="row">
        <strong>Binary payload</strong>
        <span class="soft">{bytes(binary.length)}</span>
        <Button onClick={() => download(`${method}.${ending}`, (picture?.bytes ?? binary) as Uint8Array<ArrayBuffer>)}>
          Download
        </Button>
      </div>
      {picture ? (
        source !== undefined && <img class="reply-picture" src={source} alt={`Picture that ${method} has answered`} />
      ) : (
        <Hex data={binary} />
      )}
    </>
  );
}
