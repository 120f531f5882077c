export { BullMqOutbox } from './bullmq-outbox.js';
export type { BullMqOutboxOptions } from './bullmq-outbox.options.js';
export { BullMqOutboxModule, type BullMqOutboxModuleOptions } from './bullmq-outbox.module.js';
