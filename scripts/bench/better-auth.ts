import { createServer } from "node:http";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";

// better-auth's API keys behind a bare server, in a process of its own: POST /create, and POST /verify { key }. What is
// slower and not asked for is off: metadata, telemetry, its log. Writes that it can do after the answer, it does then.
// With PEER_STORAGE=memory it reads keys from this process's memory, and still writes each use to the database.
const memory = new Map<string, string>();
const inMemory = process.env.PEER_STORAGE === "memory";
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE_URL, max: 10 });
const kept = {
  get: (key: string) => memory.get(key) ?? null,
  getAndDelete(key: string) {
    const value = memory.get(key) ?? null;
    memory.delete(key);
    return value;
  },
  increment(key: string) {
    const value = Number(memory.get(key) ?? 0) + 1;
    memory.set(key, String(value));
    return value;
  },
  set(key: string, value: string) {
    memory.set(key, value);
  },
  delete(key: string) {
    memory.delete(key);
  },
};
const auth = betterAuth({
  database: pool,
  secret: "what signs cookies, which nobody asks for here",
  baseURL: "http://127.0.0.1",
  logger: { disabled: true },
  telemetry: { enabled: false },
  advanced: { backgroundTasks: { handler: (promise) => void promise.catch(() => {}) } },
  plugins: [
    apiKey({
      deferUpdates: true,
      storage: inMemory ? "secondary-storage" : "database",
      fallbackToDatabase: inMemory,
      customStorage: kept,
    }),
  ],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
// A limit, and also its absence, costs one UPDATE for each use. Only a key whose limit is null does without, and only
// SQL can make one.
await pool.query(`CREATE FUNCTION without_limit() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW."rateLimitMax" = NULL; NEW."rateLimitTimeWindow" = NULL; RETURN NEW; END $$`);
await pool.query("CREATE TRIGGER without_limit BEFORE INSERT ON apikey FOR EACH ROW EXECUTE FUNCTION without_limit()");
const userId = "ada";
await pool.query(
  `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
   VALUES ($1, 'Ada', 'ada@example.com', true, now(), now())`,
  [userId],
);

const permissions = { residential: ["read"] };
const calls: Record<string, (body: { key: string; name: string }) => Promise<unknown>> = {
  "/verify": ({ key }) => auth.api.verifyApiKey({ body: { key, permissions } }),
  "/create": ({ name }) => auth.api.createApiKey({ body: { name, userId, permissions } }),
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => void answer(request.url ?? "", Buffer.concat(chunks).toString()));

  async function answer(path: string, text: string): Promise<void> {
    const result = await calls[path]?.(JSON.parse(text)).catch((error: unknown) => ({ valid: false, error }));
    const failed = typeof result === "object" && result !== null && "valid" in result && result.valid === false;
    const body = JSON.stringify(result);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    response.writeHead(failed ? 500 : 200, headers).end(body);
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`port ${typeof address === "object" && address ? address.port : 0}`);
});
process.once("SIGTERM", () => process.exit(0));
