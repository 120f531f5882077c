// One script for what a server does beside streams.
export { default as Api } from './api/api.js';
export { default as Jobs } from './jobs/jobs.js';
export { default as Keys } from './keys/keys.js';
export { default as Methods } from './methods/methods.js';
export { default as Registry } from './registry/registry.js';
export { default as Sources } from './sources/sources.js';
export { default as Users } from './users/users.js';
