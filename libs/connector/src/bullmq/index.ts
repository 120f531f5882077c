export * from '../client/outbox/bullmq/index.js';
