import { RpcModule, type RpcModuleOptions } from '@millrace/rpc';
import { type RunningApplication, startApplication, type StartOptions } from '../../support/applications.js';
import { PlaygroundModule } from './playground.js';

/** An application with the playground methods. */
export function startPlayground(options: RpcModuleOptions = {}, start: StartOptions = {}): Promise<RunningApplication> {
  return startApplication([RpcModule.forRoot(options), PlaygroundModule], start);
}
