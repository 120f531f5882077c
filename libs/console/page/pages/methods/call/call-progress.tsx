import type { RpcProgress } from '@millrace/client/browser';

interface CallProgressProps {
  readonly method: string;
  readonly progress: RpcProgress | undefined;
}

/** How far a call is, as far as the method tells it. */
export function CallProgress({ method, progress }: CallProgressProps) {
  const percent = progress && Math.round(progress.amount * 100);
  return (
    <div class="call-progress">
      <progress aria-label={`Progress of ${method}`} max={1} value={progress?.amount} />
      <span class="soft">{progress ? `${progress.operation} · ${percent} %` : 'Waiting for the answer …'}</span>
    </div>
  );
}
