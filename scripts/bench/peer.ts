import { createServer } from "node:http";
import pg from "pg";

// What Latchkey is compared with, in a process of its own like Latchkey: a bare server with fixed bytes, and with a
// database, one that reads one row by its primary key for each request first.
const body = process.env.PEER_BODY ?? "{}";
const ids = (process.env.PEER_IDS ?? "").split(",");
const url = process.env.PEER_DATABASE_URL;
const pool = url ? new pg.Pool({ connectionString: url, max: 10 }) : null;
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
let next = 0;

const server = createServer((_request, response) => {
  if (!pool) {
    response.writeHead(200, headers).end(body);
    return;
  }
  const select = { name: "one_key", text: "SELECT * FROM api_keys WHERE id = $1", values: [ids[next++ % ids.length]] };
  void pool.query(select).then(() => response.writeHead(200, headers).end(body));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`port ${typeof address === "object" && address ? address.port : 0}`);
});
process.once("SIGTERM", () => process.exit(0));
