import type { GroupInfo } from '@millrace/client/browser';
import { Badge } from '../../../parts/display/badge.js';
import { count, span } from '../../../parts/formats/format.js';

/** Entries of a group, and behind it: how far it is, in words. */
export function GroupState({ group }: { readonly group: GroupInfo }) {
  const { lag, pending, consumers, attempts = 0, maxDeliveries } = group;
  if (attempts > 1 && attempts >= maxDeliveries) {
    return <Badge kind="error">last attempt</Badge>;
  }
  if (attempts > 1) {
    return (
      <Badge kind="warning">
        attempt {attempts} of {maxDeliveries}
      </Badge>
    );
  }
  if (lag === undefined) return <Badge>place unknown</Badge>;
  if (consumers.length === 0 && lag + pending > 0) return <Badge kind="warning">nobody consumes</Badge>;
  if (consumers.length === 0) return <Badge>no consumer</Badge>;
  if (lag === 0) return <Badge kind="good">keeps up</Badge>;
  return <Badge kind="info">behind</Badge>;
}

/** `12`, or a dash where it is not known. */
export function numberText(value: number | undefined): string {
  return value === undefined ? '–' : count(value);
}

/** `1 entry`, `1,234 entries`. */
export function entriesText(value: number): string {
  return `${count(value)} ${value === 1 ? 'entry' : 'entries'}`;
}

/** Seconds behind: `3 min 5 s`, `0 s`, or a dash where it is not known. */
export function secondsText(value: number | undefined): string {
  if (value === undefined) return '–';
  return value === 0 ? '0 s' : span(value * 1000);
}
