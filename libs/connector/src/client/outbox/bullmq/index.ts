export { BullMqOutbox, type BullMqOutboxOptions } from './bullmq-outbox.js';
export { BullMqOutboxModule, type BullMqOutboxModuleOptions } from './bullmq-outbox.module.js';
