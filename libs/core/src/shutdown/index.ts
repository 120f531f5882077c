export { Shutdown, SHUTDOWN_TIMEOUT, type ShutdownPart } from './shutdown.js';
