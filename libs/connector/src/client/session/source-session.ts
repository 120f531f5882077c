import type { SourceLink } from '../link/source-link.js';

/**
 * One service period of a source: from a configuration to the end of the socket or the next claim. The context's
 * signal lives as long as the socket, since queries may still be answered after a new claim on it.
 */
export interface SourceSession {
  readonly link: SourceLink;
  readonly signal: AbortSignal;
  /** Whether the connect handler has completed: then, and only then, the close handler is due. */
  opened: boolean;
  /** The session is over: socket ended, or a new claim is under way. */
  over: boolean;
}
