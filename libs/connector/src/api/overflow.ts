/** What happens to a notification when the outbox is full. */
export const OVERFLOW_POLICIES = ['wait', 'dropOldest', 'dropNewest', 'error'] as const;
export type OverflowPolicy = (typeof OVERFLOW_POLICIES)[number];
