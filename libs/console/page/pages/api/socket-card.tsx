import { Badge } from '../../parts/display/badge.js';
import {
  type AsyncApiDocument,
  type Channel,
  describeSchema,
  type Message,
  messagesOf,
  type SchemaOf,
} from './async-api.js';
import { SocketTrial } from './socket-trial.js';

interface SocketCardProps {
  readonly id: string;
  readonly channel: Channel;
  readonly document: AsyncApiDocument;
}

/** One WebSocket: its path, its query, and what goes over it in each direction. */
export function SocketCard({ id, channel, document }: SocketCardProps) {
  const { title, address, description, parameters = {}, bindings } = channel;
  return (
    <section class="card stack socket" aria-label={`${title} on ${address}`}>
      <div>
        <h2>{title}</h2>
        <code class="break">{address}</code>
      </div>
      {description && <p>{description}</p>}
      <Parameters title="Path" of={parameters} />
      <Parameters title="Query" of={bindings?.ws?.query?.properties ?? {}} />
      <Messages title="The server takes" messages={messagesOf(document, id, 'receive')} />
      <Messages title="The server sends" messages={messagesOf(document, id, 'send')} />
      <details>
        <summary>Try it</summary>
        <SocketTrial address={address} />
      </details>
    </section>
  );
}

function Parameters({ title, of }: { readonly title: string; readonly of: Readonly<Record<string, SchemaOf>> }) {
  const rows = Object.entries(of);
  if (rows.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <dl class="parameters">
        {rows.map(([name, schema]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {schema.description} <span class="soft">{describeSchema(schema)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Messages({ title, messages }: { readonly title: string; readonly messages: readonly Message[] }) {
  if (messages.length === 0) return null;
  return (
    <div class="stack">
      <h3>{title}</h3>
      {messages.map((message) => (
        <div key={message.name} class="message">
          <div class="row">
            <strong>{message.title ?? message.name}</strong>
            {message.contentType && <Badge>{message.contentType}</Badge>}
          </div>
          {message.summary && <p>{message.summary}</p>}
          {message.examples?.[0] && <pre>{JSON.stringify(message.examples[0].payload)}</pre>}
          {message.payload !== undefined && (
            <details>
              <summary class="soft">Schema</summary>
              <pre>{JSON.stringify(message.payload, null, 2)}</pre>
            </details>
          )}
        </div>
      ))}
    </div>
  );
}
