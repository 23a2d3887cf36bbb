/** The stop control's own sign; a filled octagon is the state of being stopped. */
export function StopIcon({ size = 20 }: { size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} fill="none" stroke="currentColor" aria-hidden="true">
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" strokeWidth="1.6" strokeLinejoin="round" />
      <path d="M5.2 8h5.6" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
