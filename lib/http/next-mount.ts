import { webLane } from "@/lib/http/web-lane";

const handler = (request: Request): Promise<Response> => webLane(request);

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
