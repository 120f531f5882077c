import type { Answerable } from '../../queries/answerable.js';
import type { DirectoryHost, DirectorySettings, ForeignRequest, SourceRequest } from '../source-directory.js';
import { AskedRequest } from './asked-request.js';
import type { Letter } from './mail/letters.js';
import type { Membership } from './membership.js';
import { errorOnWire, type Message, type RequestMessage } from './mail/messages.js';
import type { Outbox } from './mail/outbox.js';
import { RelayedQuery } from './relayed-query.js';

/** What instances ask each other for: on either side, by ids that are unique among all. */
export class InstanceCalls {
  private readonly asked = new Map<string, AskedRequest>();
  private readonly relayed = new Map<string, RelayedQuery>();

  constructor(
    private readonly settings: DirectorySettings,
    private readonly host: DirectoryHost,
    private readonly membership: Membership,
    private readonly outbox: Outbox,
  ) {}

  /** Begins to wait for what becomes of a request, before it is sent. */
  begin(id: string, source: string, request: SourceRequest, wait: number): AskedRequest {
    const tell = (to: string, message: Message): void => this.outbox.send(to, message);
    const asked = new AskedRequest({ source, id, wait }, request, tell, () => this.asked.delete(id));
    this.asked.set(id, asked);
    return asked;
  }

  /**
   * Handles a message of another instance, or of a script.
   *
   * @param age how long it was under way, in milliseconds
   */
  take({ message, data }: Letter, age: number): void {
    switch (message.kind) {
      case 'publish':
      case 'query':
      case 'reconnect':
        // Those who asked have given up.
        if (age <= message.wait && this.membership.isHeld) this.handle(message, data.toString());
        break;
      case 'taken':
        this.relayed.get(message.id)?.goOn(message.bytes);
        break;
      case 'cancel':
        this.relayed.get(message.id)?.drop();
        break;
      case 'replaced':
        this.host.replaced(message.source, message.session);
        break;
      case 'configured':
      case 'deleted':
        this.host[message.kind](message.source, message.revision);
        break;
      default: {
        const asked = this.asked.get(message.id);
        if (asked) asked.take(message, data);
        else if (message.kind === 'response') this.outbox.send(message.from, { kind: 'cancel', id: message.id });
      }
    }
  }

  /** These instances live: what has to do with others ends. */
  beat(instances: ReadonlySet<string>): void {
    this.end((instance) => !instances.has(instance));
  }

  /** An instance cannot be reached. */
  gone(instance: string): void {
    this.end((each) => each === instance);
  }

  /** This instance has lost its place, or ends. */
  endAll(): void {
    this.end(() => true);
  }

  private end(isGone: (instance: string) => boolean): void {
    for (const asked of [...this.asked.values()]) if (asked.peer !== undefined && isGone(asked.peer)) asked.lost();
    for (const relayed of [...this.relayed.values()]) if (isGone(relayed.to)) relayed.drop();
  }

  private handle(message: RequestMessage, text: string): void {
    const { id, from: to, source } = message;
    const from = this.membership.id;
    try {
      const done = this.host.handle(source, this.requestIn(message, text));
      // What is said of a query later is its answer.
      if (!done || message.kind !== 'query') this.outbox.send(to, { kind: 'answer', id, from, done });
    } catch (error) {
      this.outbox.send(to, { kind: 'refused', id, from, error: errorOnWire(error) });
    }
  }

  private requestIn(message: RequestMessage, text: string): ForeignRequest {
    const { kind, id, from: to, source, wait, timeout = Infinity } = message;
    if (kind !== 'query') return { kind, text };
    const open = (onEnd: () => void): Answerable => {
      const { maxResultBytes: maxBytes } = this.settings;
      const relayed = new RelayedQuery(
        { source, id, from: this.membership.id, to, timeout, wait, maxBytes },
        (outgoing, data) => this.outbox.send(to, outgoing, data),
        onEnd,
        () => this.relayed.delete(id),
      );
      this.relayed.set(id, relayed);
      return relayed;
    };
    return { kind, text, address: id, open };
  }
}
