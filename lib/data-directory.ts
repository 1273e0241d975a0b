import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";

/**
 * Makes the data directory unless it exists, closed to others. As root it can be passed through (not listed), since
 * PostgreSQL then runs as another user; every file in it has its own mode.
 */
export function ensureDataDirectory(directory: string): void {
  const made = mkdirSync(directory, { recursive: true });
  // Not left to mkdir's mode, which the umask narrows.
  if (made !== undefined) chmodSync(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** What a small file holds, trimmed; null if there is none. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Writes a private file (mode 0600) unless it exists, and returns what it then holds. It is written beside and linked
 * into place: of two processes one wins, and no crash leaves an empty file behind.
 */
export function createOnce(file: string, content: string): string {
  const partial = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const handle = openSync(partial, "wx", 0o600);
  try {
    writeSync(handle, `${content}\n`);
    fsyncSync(handle);
    linkSync(partial, file);
    return content;
  } catch (error) {
    const other = readIfThere(file);
    if (other === null) throw error;
    return other;
  } finally {
    closeSync(handle);
    rmSync(partial, { force: true });
  }
}
