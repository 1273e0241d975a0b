import "@/lib/server/v8-flags";
import { MigrationError, migrate } from "@/lib/postgres/migrate";
import type { MigrationAnswer } from "@/lib/server/migrate-process";

// The process that migrates the one database that it is told of. It ends when it has said how that went, or with the
// process that started it: PostgreSQL takes back what was begun.
process.once("message", (url: string) => {
  migrate(url).then(
    (applied) => answer({ applied }),
    (error: unknown) => answer({ failure: failureFrom(error) }),
  );
});
process.once("disconnect", () => process.exit(0));
// A Ctrl-C reaches both processes, and a service manager's stop may. The other one decides.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => undefined);

function answer(said: MigrationAnswer): void {
  process.send?.(said, () => {
    if (process.connected) process.disconnect();
  });
}

function failureFrom(error: unknown): Extract<MigrationAnswer, { failure: object }>["failure"] {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
  return { message, code, isMigrationError: error instanceof MigrationError };
}
