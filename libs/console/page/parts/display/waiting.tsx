/** Says what is waited for. */
export function Waiting({ for: what }: { readonly for: string }) {
  return (
    <p class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      Waiting for {what} …
    </p>
  );
}
