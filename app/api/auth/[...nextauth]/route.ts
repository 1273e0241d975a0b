import NextAuth from "next-auth";
import { authOptions } from "@/lib/auth/next-auth";
import { AppError } from "@/lib/errors";
import { problemResponse } from "@/lib/http/problem";
import { newId } from "@/lib/ids";

const handler = (request: Request, context: unknown) => NextAuth(authOptions(request))(request, context);

/** next-auth's own forms and nothing else: it meets other bodies with a 500, and its browser log with our log. */
function post(request: Request, context: unknown) {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers.get("content-type") ?? "");
  if (isForm) return handler(request, context);
  const error = new AppError("unsupported_media_type", "Send the form as application/x-www-form-urlencoded.");
  return problemResponse(error, newId("req"));
}

export { handler as GET, post as POST };
