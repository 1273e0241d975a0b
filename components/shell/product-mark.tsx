/** A key whose bit and stem make an L. Decoration: the product's name stands beside it. */
export function ProductMark({ size = "md" }: { size?: "md" | "lg" }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 32 32"
      className={size === "lg" ? "size-10 shrink-0" : "size-6 shrink-0"}
      fill="none"
      strokeWidth="3"
    >
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <circle cx="12.5" cy="10" r="4.5" className="stroke-accent-contrast" />
      <path d="M12.5 14.5V25H22M17.5 25v-3.5" className="stroke-accent-contrast" />
    </svg>
  );
}
