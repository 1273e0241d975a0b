import { chmodSync, mkdirSync } from "node:fs";

/**
 * Makes the data directory unless it exists, closed to others. As root it can be passed through (not listed), since
 * PostgreSQL then runs as another user; every file in it has its own mode.
 */
export function ensureDataDirectory(directory: string): void {
  const made = mkdirSync(directory, { recursive: true });
  // Not left to mkdir's mode, which the umask narrows.
  if (made !== undefined) chmodSync(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
}
