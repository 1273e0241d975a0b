import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import {
  type BackupHeader,
  END_OF_BACKUP,
  END_OF_ROWS,
  readCopy,
  readHeader,
  type TableRows,
} from "@/lib/backup/format";

/** The rows of one table, which must be read before the next table is asked for. */
export type TableSource = TableRows & { rows: AsyncGenerator<Buffer> };

/** A backup being read from its beginning to its end. */
export class BackupReader {
  private buffered: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;
  readonly close: () => void;

  constructor(file: string) {
    const disk = createReadStream(file);
    const gunzip = createGunzip();
    disk.on("error", (error) => gunzip.destroy(error));
    this.chunks = disk.pipe(gunzip)[Symbol.asyncIterator]();
    this.close = () => {
      disk.destroy();
      gunzip.destroy();
    };
  }

  /** @throws Error when the file is not a backup. */
  async header(): Promise<BackupHeader> {
    return readHeader((await this.line()) ?? "");
  }

  /** @throws Error when the file ends before the backup does, or is damaged. */
  async *tables(): AsyncGenerator<TableSource> {
    for (let line = await this.line(); line !== END_OF_BACKUP; line = await this.line()) {
      if (line === null) throw damaged();
      if (line === "") continue;
      const table = readCopy(line);
      if (!table) throw damaged();
      yield { ...table, rows: this.rows() };
    }
    // The checksum over everything comes last.
    while (await this.more()) this.buffered = Buffer.alloc(0);
  }

  private async line(): Promise<string | null> {
    for (;;) {
      const end = this.buffered.indexOf("\n");
      if (end >= 0) {
        const line = this.buffered.subarray(0, end).toString("utf8");
        this.buffered = this.buffered.subarray(end + 1);
        return line;
      }
      if (!(await this.more())) return null;
    }
  }

  /** What stands before the end of the rows, in whole lines. */
  private async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      // Here a line begins.
      if (this.buffered.subarray(0, END_OF_ROWS.length).equals(Buffer.from(END_OF_ROWS))) {
        this.buffered = this.buffered.subarray(END_OF_ROWS.length);
        return;
      }
      const end = this.buffered.indexOf(`\n${END_OF_ROWS}`);
      const lines = end >= 0 ? end + 1 : this.buffered.lastIndexOf("\n") + 1;
      if (lines > 0) {
        const whole = this.buffered.subarray(0, lines);
        this.buffered = this.buffered.subarray(lines);
        yield whole;
      } else if (!(await this.more())) throw damaged();
    }
  }

  private async more(): Promise<boolean> {
    try {
      const { value, done } = await this.chunks.next();
      if (done) return false;
      this.buffered = Buffer.concat([this.buffered, value]);
      return true;
    } catch (cause) {
      throw isOfGzip(cause) ? damaged(cause) : cause;
    }
  }
}

const isOfGzip = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^Z_/.test(String(error.code));

const damaged = (cause?: unknown): Error =>
  new Error("The file is no backup, or is damaged or not whole. Nothing was changed.", { cause });
