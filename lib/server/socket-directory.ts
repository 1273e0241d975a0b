import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureDataDirectory } from "@/lib/data-directory";
import { log } from "@/lib/log";

/** The path of a socket may have 103 bytes on macOS and 107 on Linux; the system silently cuts off what is longer. */
const LONGEST_PATH = 100;

/**
 * Makes a directory that only this user may enter, for a socket of that name: in the temporary directory, or, where
 * the path would be too long or nothing can be made, in /tmp or the data directory.
 * @throws Error when it can be made nowhere.
 */
export async function makeSocketDirectory(socket: string, dataDir: string): Promise<string> {
  const problems: string[] = [];
  for (const place of [tmpdir(), "/tmp", dataDir]) {
    const prefix = path.join(place, "latchkey-pages-");
    if (Buffer.byteLength(path.join(`${prefix}XXXXXX`, socket)) > LONGEST_PATH) {
      problems.push(`${place} makes the path of a socket too long.`);
      continue;
    }
    try {
      if (place === dataDir) ensureDataDirectory(dataDir);
      return await mkdtemp(prefix);
    } catch (error) {
      log.debug({ err: error, place }, "no directory for a socket can be made here");
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `There is no place for the console's socket. Set TMPDIR to a directory with a short path.\n${problems.join("\n")}`,
  );
}
