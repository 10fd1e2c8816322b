/** The lead, and the understudy that stands behind. */
export function Mark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" fill="none" className="size-7 shrink-0 text-accent">
      <circle cx="12.5" cy="16" r="9.5" fill="currentColor" />
      <circle cx="20.5" cy="16" r="9.5" stroke="currentColor" strokeWidth="2" />
    </svg>
  );
}
