import { describeError, MillraceError } from '@millrace/core/errors';
import { type ErrorCode, thrownIs } from '@millrace/protocol';
import { HubQueryError } from '../../../../errors/query.errors.js';

/** What instances want of each other; bytes go beside it, see `Letter`. */
export type Message =
  | RequestMessage
  /** The request was done, or its source has to be looked for again. What is said of a query later tells that it was done, too. */
  | { readonly kind: 'answer'; readonly id: string; readonly from: string; readonly done: boolean }
  | { readonly kind: 'refused'; readonly id: string; readonly from: string; readonly error: ErrorOnWire }
  /** A response of the connector, which goes beside it; they are counted from 0. */
  | { readonly kind: 'response'; readonly id: string; readonly from: string; readonly index: number }
  | {
      readonly kind: 'failed';
      readonly id: string;
      readonly from: string;
      readonly index: number;
      readonly error: ErrorOnWire;
    }
  /** So many bytes of responses have been taken in all. */
  | { readonly kind: 'taken'; readonly id: string; readonly bytes: number }
  /** Nobody waits for the query any more. */
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'replaced'; readonly source: string; readonly session: string }
  | { readonly kind: 'configured' | 'deleted'; readonly source: string; readonly revision: number };

/** Asks for something that the session of a source does; the message for its connector goes beside it. */
export interface RequestMessage {
  readonly kind: 'publish' | 'query' | 'reconnect';
  readonly id: string;
  readonly from: string;
  readonly source: string;
  /** How long it is worth something, in milliseconds. */
  readonly wait: number;
  /** How long a query may go without a response, in milliseconds; absent for no limit. */
  readonly timeout?: number;
}

/** An error that is thrown again at another instance. */
export interface ErrorOnWire {
  readonly code: ErrorCode;
  readonly message: string;
  readonly report?: {
    readonly messageCode: string;
    readonly messageTemplate: string;
    readonly parameters: readonly unknown[];
  };
}

export function errorOnWire(error: unknown): ErrorOnWire {
  const { reason: message } = describeError(error);
  if (!thrownIs(error, MillraceError)) return { code: 'INTERNAL', message };
  const { code } = error as MillraceError & { code: ErrorCode };
  if (!thrownIs(error, HubQueryError)) return { code, message };
  const { messageCode, messageTemplate, parameters } = error;
  return { code, message, report: { messageCode, messageTemplate, parameters } };
}

export function errorFromWire({ code, message, report }: ErrorOnWire): MillraceError {
  return report ? new HubQueryError(report, code) : new MillraceError(code, message);
}
