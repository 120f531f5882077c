import { useEffect, useMemo, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { Notice } from '../../../parts/display/notice.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import type { StreamViewProps } from '../views.js';
import { Acknowledged, type Sent } from './acknowledged.js';
import { FileForm } from './file-form.js';
import { Publisher } from './publisher.js';
import { TextForm } from './text-form.js';

/** IDs that are shown. */
const MOST = 20;

/** Puts entries into a stream by hand. */
export default function Publish({ stream }: StreamViewProps) {
  const publisher = useMemo(() => new Publisher(stream), [stream]);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const [total, setTotal] = useState(0);
  useEffect(() => () => publisher.close(), [publisher]);
  const { value: info } = useLoaded(
    (signal) =>
      server('streams')
        .streams.info(stream, { signal })
        .catch(() => undefined),
    [stream, total > 0],
  );

  const send = async (data: Uint8Array): Promise<string> => {
    const id = await publisher.send(data);
    setSent((before) => [{ id, bytes: data.length }, ...before].slice(0, MOST));
    setTotal((before) => before + 1);
    return id;
  };

  return (
    <>
      {info?.ended && <Notice kind="warning">This stream was ended for good: it takes no more entries.</Notice>}
      {info?.exists === false && (
        <Notice kind="info">There is no stream of this name yet. It comes into being with its first entry.</Notice>
      )}
      <TextForm send={send} />
      <FileForm send={send} />
      <Acknowledged stream={stream} sent={sent} total={total} />
    </>
  );
}
