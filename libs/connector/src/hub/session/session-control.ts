import type { HubSource } from '../sources/hub-source.js';
import type { ServingSession } from '../sources/serving-session.js';

/** What the parts of a session ask of it. */
export interface SessionControl extends ServingSession {
  /** The source it serves. */
  readonly source: HubSource | undefined;
  /** Sends a message as the client understands it. Each answers a message of the client, or is rare. */
  send(text: string): void;
  /** Starts the deadline of the claim. */
  awaitClaim(): void;
  /** Stops the deadline while the hub itself takes its time. */
  holdDeadline(): void;
  /** The claim succeeded: takes the source over and sends its configuration. */
  serve(source: HubSource, secret: string | undefined, configuration: string): void;
}
