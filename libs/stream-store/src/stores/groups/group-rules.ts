import { MillraceError } from '@millrace/core/errors';
import type { GroupOptions, GroupSettings } from '../../api/stream-groups.js';
import { quoted } from '../../engine/quoted.js';

export const GROUP_DEFAULTS: GroupSettings = Object.freeze({ ordered: true, idle: 30_000, maxDeliveries: 10 });

/** Entries that one call hands out at the most. */
export const MOST_TAKEN = 1000;
/** Entries of a group that may be handed out and not acknowledged; more are handed out when some are. */
export const MOST_PENDING = 10_000;
/** Entries that are pending which a description looks at for how often they were handed out. */
export const MOST_LOOKED_AT = 1000;
/** How long a consumer whose turn it is may take to come, in milliseconds, before others go first. */
export const TURN_MS = 500;
/** The longest delay of what is given back. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** Bounds of what a group keeps set aside; above them those with the lowest IDs go. */
export const ASIDE = Object.freeze({
  entries: 1000,
  /** Bytes of all copies. */
  bytes: 16 * 1024 * 1024,
  /** A larger entry is not copied: it is there as long as its stream keeps it. */
  copyBytes: 1024 * 1024,
});

/** Why an entry was set aside that was handed out too often. */
export function tooOften(deliveries: number): string {
  return `Handed out ${deliveries} times and never acknowledged`;
}

/** @throws MillraceError `INVALID` for a name that a group or a consumer cannot have */
export function assertGroupName(kind: 'group' | 'consumer', name: string, maxBytes: number): void {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const isText = name !== '' && !/[\u0000-\u001f\u007f]/.test(name) && !/\p{Surrogate}/u.test(name);
  if (isText && Buffer.byteLength(name) <= maxBytes) return;
  throw invalid(
    `The name of a ${kind} must have 1 to ${maxBytes} bytes and no control characters, not ${quoted(name)}`,
  );
}

/** The settings that are given. @throws MillraceError `INVALID` */
export function givenSettings({ ordered, idle, maxDeliveries }: GroupOptions): Partial<GroupSettings> {
  if (idle !== undefined && !(idle >= 100 && idle <= DAY_MS))
    throw invalid(`"idle" of a group must be from 100 milliseconds to a day, not ${idle}`);
  if (maxDeliveries !== undefined && !(Number.isSafeInteger(maxDeliveries) && maxDeliveries >= 1))
    throw invalid(`"maxDeliveries" of a group must be a whole number of 1 or more, not ${maxDeliveries}`);
  return {
    ...(ordered === undefined ? {} : { ordered }),
    ...(idle === undefined ? {} : { idle: Math.round(idle) }),
    ...(maxDeliveries === undefined ? {} : { maxDeliveries }),
  };
}

/** @throws MillraceError `INVALID` */
export function givenDelay(delay = 0): number {
  if (delay >= 0 && delay <= DAY_MS) return Math.round(delay);
  throw invalid(`The delay of what is given back must be from 0 to a day, not ${delay}`);
}

export function noGroup(stream: string, group: string): MillraceError {
  return new MillraceError('NOT_FOUND', `The stream ${quoted(stream)} has no group ${quoted(group)}`);
}

export function tooManyGroups(stream: string, most: number): MillraceError {
  return new MillraceError(
    'TOO_MANY_REQUESTS',
    `The stream ${quoted(stream)} may have at most ${most} groups; delete one, or raise limits.maxGroups`,
  );
}

function invalid(message: string): MillraceError {
  return new MillraceError('INVALID', message);
}
