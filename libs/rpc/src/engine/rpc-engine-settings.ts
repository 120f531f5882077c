import type { RpcSettings } from '../rpc.options.js';

/** The options that the engine goes by. */
export type RpcEngineSettings = Readonly<
  Pick<
    RpcSettings,
    | 'answerNullIds'
    | 'lenientParams'
    | 'maxBatch'
    | 'maxDepth'
    | 'maxRunningCalls'
    | 'maxTextLength'
    | 'maxWaitingCalls'
    | 'progressInterval'
  >
>;
