import { createServer } from "node:http";
import pg from "pg";

// What Latchkey is compared with, in a process of its own like Latchkey: a bare server with fixed bytes, and with a
// database, one that reads one row by its primary key for each request first. A body is read to its end before.
const body = process.env.PEER_BODY ?? "{}";
const ids = (process.env.PEER_IDS ?? "").split(",");
const url = process.env.PEER_DATABASE_URL;
const pool = url ? new pg.Pool({ connectionString: url, max: 10 }) : null;
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
let next = 0;

const server = createServer((request, response) => {
  const answer = () => response.writeHead(200, headers).end(body);
  const decide = () => {
    if (!pool) return answer();
    const values = [ids[next++ % ids.length]];
    void pool.query({ name: "one_key", text: "SELECT * FROM api_keys WHERE id = $1", values }).then(answer);
  };
  if (request.method === "GET") return decide();
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString());
    decide();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`port ${typeof address === "object" && address ? address.port : 0}`);
});
process.once("SIGTERM", () => process.exit(0));
