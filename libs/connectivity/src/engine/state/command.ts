import type { Actor } from '../../api/actor.js';
import type { Connection } from '@millrace/protocol';

/**
 * What can be done to a registry, as plain data: the same commands in the same order with the same times lead every
 * process to the same state. So each carries what its outcome depends on, settings of the sender included.
 */
export type Command =
  | {
      readonly op: 'publish';
      readonly partition: string;
      readonly connections: readonly Connection[];
      readonly ttl: number;
      readonly grace: number;
      readonly maxPartitions: number;
      readonly maxConnections: number;
      readonly actor?: Actor | undefined;
    }
  | {
      readonly op: 'retract';
      readonly partition: string;
      readonly uids: readonly string[];
      readonly actor?: Actor | undefined;
    }
  | { readonly op: 'retract-partition'; readonly partition: string; readonly actor?: Actor | undefined }
  | { readonly op: 'clear' }
  | { readonly op: 'reset-peaks' }
  /** Nothing but that time went by. */
  | { readonly op: 'tick' };

export type PublishCommand = Extract<Command, { op: 'publish' }>;
export type RetractCommand = Extract<Command, { op: 'retract' }>;
