import { handle } from "hono/vercel";
import { api } from "@/lib/http/api";

const handler = handle(api);

/** The API as Next route handlers, one for each method that Next knows. */
export const nextMount = {
  GET: handler,
  HEAD: handler,
  POST: handler,
  PUT: handler,
  PATCH: handler,
  DELETE: handler,
  OPTIONS: handler,
};
