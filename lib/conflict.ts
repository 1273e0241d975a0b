import { databaseFault } from "@/lib/database-errors";
import { AppError } from "@/lib/errors";

/** Runs one write; if the unique index behind `pointer` refuses it, throws 409 `name_taken` with `detail`. */
export async function refusingDuplicates<T>(pointer: string, detail: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (databaseFault(error) !== "unique") throw error;
    throw new AppError("name_taken", detail, { errors: [{ pointer, code: "name_taken", detail }], cause: error });
  }
}
