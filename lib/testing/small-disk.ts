import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A file system of its own that can be filled to the last byte. */
export type SmallDisk = {
  directory: string;
  fill: () => Promise<void>;
  makeRoom: () => Promise<void>;
  unmount: () => Promise<void>;
};

/** Mounts one of so many megabytes in memory; null where that is not permitted. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | null> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-small-disk-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0711`, "tmpfs", directory]);
  } catch {
    await rm(directory, { recursive: true });
    return null;
  }
  const ballast = path.join(directory, "ballast");
  return {
    directory,
    fill: () => fill(ballast),
    makeRoom: () => rm(ballast, { force: true }),
    async unmount() {
      await run("umount", ["--lazy", directory]);
      await rm(directory, { recursive: true });
    },
  };
}

async function fill(file: string): Promise<void> {
  const handle = await open(file, "a");
  try {
    for (let size = 1_048_576; size >= 512; ) {
      const { bytesWritten } = await handle.write(Buffer.alloc(size)).catch(() => ({ bytesWritten: 0 }));
      if (bytesWritten < size) size /= 2;
    }
  } finally {
    await handle.close();
  }
}
