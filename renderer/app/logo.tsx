/** Three slices and the now line. */
export const Logo = () => (
  <svg width="18" height="18" viewBox="0 0 18 18" fill="none" aria-hidden="true">
    <rect x="1" y="3" width="10" height="3" rx="1" fill="var(--text-1)" />
    <rect x="4" y="7.5" width="9" height="3" rx="1" fill="var(--text-1)" opacity=".62" />
    <rect x="8" y="12" width="5" height="3" rx="1" fill="var(--text-1)" opacity=".36" />
    <rect x="15" y="1" width="1.5" height="16" rx=".75" fill="var(--accent)" />
  </svg>
);
