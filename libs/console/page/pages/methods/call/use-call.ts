import { JsonRpcError, type RpcAnswer, type RunningCall } from '@millrace/client/browser';
import { RPC_ERROR, type RpcProgress } from '@millrace/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { endIfRefused } from '../../../app/session.js';
import { announce } from '../../../parts/display/announcements.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { type CallRequest, ended, remember } from '../history/history.js';
import { whyRefused } from '../rpc.js';

/** How far a call is. */
export interface CallState {
  readonly progress?: RpcProgress;
  readonly answer?: RpcAnswer;
  readonly error?: unknown;
  /** From the call to its end. */
  readonly milliseconds?: number;
  readonly isRunning: boolean;
  /** The server was asked to cancel it. */
  readonly isCancelling: boolean;
}

const IDLE: CallState = { isRunning: false, isCancelling: false };

/** Calls methods, one after the other. */
export function useCall(): {
  readonly state: CallState;
  readonly call: (request: CallRequest) => Promise<void>;
  readonly cancel: () => Promise<void>;
  /** Waits no longer; the server may go on with it. */
  readonly giveUp: () => void;
} {
  const [state, setState] = useState(IDLE);
  const running = useRef<{ readonly task: RunningCall; readonly end: AbortController } | undefined>(undefined);
  useEffect(() => () => running.current?.end.abort(new Error('The page was left')), []);

  const call = async (request: CallRequest): Promise<void> => {
    const end = new AbortController();
    const { method, params, binary } = request;
    const number = remember(request);
    const started = performance.now();
    setState({ ...IDLE, isRunning: true });
    const task = server('methods').rpc.task(method, params, binary, {
      signal: end.signal,
      onProgress: (progress) => setState((before) => ({ ...before, progress })),
    });
    running.current = { task, end };
    try {
      const answer = await task;
      const milliseconds = performance.now() - started;
      ended(number, { end: 'answered', milliseconds });
      setState({ ...IDLE, answer, milliseconds });
    } catch (caught) {
      const milliseconds = performance.now() - started;
      const error = await whyRefused(caught);
      ended(number, { end: isCancelled(error) ? 'cancelled' : 'failed', milliseconds, reason: textOf(error) });
      if (!endIfRefused(error)) setState({ ...IDLE, error, milliseconds });
    } finally {
      running.current = undefined;
    }
  };

  const cancel = async (): Promise<void> => {
    setState((before) => ({ ...before, isCancelling: true }));
    try {
      await running.current?.task.cancel();
    } catch (error) {
      // It may have been answered in the meantime.
      if (running.current) announce(`The call cannot be cancelled: ${textOf(error)}`, 'error');
    } finally {
      setState((before) => ({ ...before, isCancelling: false }));
    }
  };

  return { state, call, cancel, giveUp: () => running.current?.end.abort(new Error('You have stopped waiting')) };
}

function isCancelled(error: unknown): boolean {
  return error instanceof JsonRpcError && error.code === RPC_ERROR.CANCELLED;
}
