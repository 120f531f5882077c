import { Empty } from '../../parts/display/empty.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import type { AsyncApiDocument } from './async-api.js';
import { readDocument } from './documents.js';
import { SocketCard } from './socket-card.js';

/** The WebSockets: what goes over each, and a way to open one. */
export default function Sockets() {
  const loaded = useLoaded((signal) => readDocument<AsyncApiDocument>('asyncapi.json', signal), []);
  return (
    <ShowLoaded of={loaded} what="the document of the sockets">
      {(document) => {
        const channels = Object.entries(document.channels);
        if (channels.length === 0) return <Empty>This server has no WebSockets.</Empty>;
        return channels.map(([id, channel]) => <SocketCard key={id} id={id} channel={channel} document={document} />);
      }}
    </ShowLoaded>
  );
}
