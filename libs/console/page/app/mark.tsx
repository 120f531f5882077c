/** The wheel of a mill, above the water. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <circle cx="16" cy="14" r="9" fill="none" stroke="currentColor" stroke-width="2.5" />
      <path
        d="M16 5v18M7 14h18M9.6 7.6l12.8 12.8M22.4 7.6 9.6 20.4"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
      />
      <path
        d="M2 27c3.5-2.5 5.8-2.5 9.3 0s5.8 2.5 9.4 0 5.8-2.5 9.3 0"
        fill="none"
        stroke="var(--accent)"
        stroke-width="2.5"
        stroke-linecap="round"
      />
    </svg>
  );
}
