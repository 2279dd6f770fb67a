/** The sign of Tandem: two devices, side by side. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-ground" width="32" height="32" rx="7" />
      <circle class="mark-near" cx="10.5" cy="16" r="5" />
      <circle class="mark-far" cx="21.5" cy="16" r="4" />
    </svg>
  );
}
