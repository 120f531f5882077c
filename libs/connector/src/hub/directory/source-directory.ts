import type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
import type { SourceConfiguration } from '../../api/source-configuration.js';
import type { Answerable, AwaitedQuery } from '../queries/answerable.js';

/** What a directory has to know of the options of its hub. */
export interface DirectorySettings {
  readonly keepNotifications: number;
  readonly keepNotificationBytes: number;
  readonly reclaimWait: number;
  readonly maxRows: number;
  readonly maxResultBytes: number;
  readonly maxMessageBytes: number;
}

/**
 * Which session serves which source, and what is known of sources beside their documents: one for all instances of a server
 * that share a store. A session has its source from {@link claim} to {@link release}, or until another one takes it over.
 */
export abstract class SourceDirectory {
  /** Whether the sessions of this instance still have what they claimed. Another instance may have it as soon as they do not. */
  abstract readonly isHeld: boolean;
  /** How many instances share the sources, this one included; undefined where they cannot. */
  abstract readonly instances: number | undefined;

  /** Begins: claims are taken from here on, and the host hears of what others do. */
  abstract join(host: DirectoryHost): Promise<void>;
  /** Creates those of some sources that are not there. */
  abstract createMissing(sources: Readonly<Record<string, SourceConfiguration>>): Promise<void>;
  /** Creates a source or replaces its document. The session that serves it hears of it, see {@link DirectoryHost.configured}. */
  abstract configure(source: string, configuration: SourceConfiguration): Promise<void>;
  /** Deletes a source and what is known of it. @returns whether it existed */
  abstract delete(source: string): Promise<boolean>;
  /** Whether there is such a source. */
  abstract has(source: string): Promise<boolean>;

  /**
   * Gives a source to a session, unless another one has it that does not fit the same secret.
   *
   * @throws MillraceError `UNAVAILABLE` when that cannot be found out; the source may have been given all the same
   */
  abstract claim(source: string, claimant: Claimant): Promise<Claimed | ClaimFault>;
  /** A session serves its source: those who wait for it go on. */
  abstract served(source: string): void;
  /** A session does not want its source any more. Does nothing when another one has it. */
  abstract release(source: string, session: string): void;
  /** The session of a source was asked to claim it anew: who asks for the source waits up to `reclaimWait` for that. */
  abstract expectClaim(source: string, session: string): void;

  /**
   * Looks where a source is served, and hands the request over where that is another instance. Waits for a claim that is
   * expected.
   *
   * @throws HubQueryError what the other instance answered, or that it did not
   */
  abstract ask(source: string, request: SourceRequest): Promise<Asked>;

  /** Remembers something of a source; it may take a moment until others see it. */
  abstract note(source: string, change: SourceChange): void;
  abstract list(): Promise<HubSourceStatus[]>;
  abstract describe(source: string): Promise<HubSourceDetails | undefined>;
  /** The newest kept notifications, oldest first. */
  abstract newest(source: string, count: number): Promise<readonly SourceNotification[]>;
}

/** Who wants a source. */
export interface Claimant {
  readonly session: string;
  /** SHA-256 of its reconnect secret; an absent one fits nothing. */
  readonly secret: Buffer | undefined;
}

/** What a session gets with its source. */
export interface Claimed {
  readonly configuration: SourceConfiguration;
  /** Number of the change that made the document; it grows. */
  readonly revision: number;
  /** The notifications that were delivered: the highest number of each epoch, oldest epoch first. */
  readonly delivered: readonly DeliveredMark[];
}

/** `unknown`: there is no such source. `served`: another session has it. */
export type ClaimFault = 'unknown' | 'served';

/** The highest number of a notification that was delivered, of one connector process. */
export type DeliveredMark = readonly [epoch: string, number: number];

/** `done`: another instance has done it. `here`: a session of this instance has the source. `none`: no connector has it. */
export type Asked = 'done' | 'here' | 'none' | 'unknown';

/** What is asked of the session that serves a source. */
export type SourceRequest = PublishRequest | QueryRequest | ReconnectRequest;

export interface PublishRequest {
  readonly kind: 'publish';
  /** The message for the connector. @throws ConnectorError when it cannot be written */
  readonly text: () => string;
}

export interface QueryRequest {
  readonly kind: 'query';
  readonly text: () => string;
  /** The query's address, under which the connector answers. */
  readonly address: string;
  /** How long it may go without a response, in milliseconds. */
  readonly timeout: number;
  /** Begins to wait for responses. */
  readonly open: (onEnd: () => void) => AwaitedQuery;
}

export interface ReconnectRequest {
  readonly kind: 'reconnect';
}

/** A request of another instance. */
export type ForeignRequest =
  | { readonly kind: 'publish'; readonly text: string }
  | {
      readonly kind: 'query';
      readonly text: string;
      readonly address: string;
      /** Takes what the connector answers. */
      readonly open: (onEnd: () => void) => Answerable;
    }
  | { readonly kind: 'reconnect' };

/** What is remembered of a source. */
export type SourceChange =
  | { readonly counted: 'publishes' | 'queries' }
  | { readonly notification: SourceNotification; readonly bytes: number }
  | { readonly error: string }
  /** Of what {@link DirectoryHost.stateOf} answers. */
  | { readonly changed: 'delivered' | 'openQueries' };

/** What the sessions of an instance have to do with its directory. */
export interface DirectoryHost {
  /** A document was replaced; a session that got an earlier one is asked to claim anew. */
  configured(source: string, revision: number): void;
  deleted(source: string, revision: number): void;
  /** A session of another instance has taken the source of this one. */
  replaced(source: string, session: string): void;
  /** The sessions of this instance have lost their sources: {@link SourceDirectory.isHeld} is false. */
  lapsed(): void;
  /** What is known of a source whose session is here. */
  stateOf(source: string): SourceState;
  /**
   * Does what another instance asks for.
   *
   * @returns whether a session here could do it at once; false asks the other one to look again
   * @throws HubQueryError for the one who asks
   */
  handle(source: string, request: ForeignRequest): boolean;
}

export interface SourceState {
  readonly session: string | undefined;
  readonly openQueries: number;
  readonly delivered: readonly DeliveredMark[];
}
