import { currentMember } from "@/app/session";
import type { RequestContext } from "@/lib/context";
import { AppError } from "@/lib/errors";
import { baseHeaders, logFailure, problemResponse, publicError } from "@/lib/http/problem";
import { newId } from "@/lib/ids";

/** A byte order mark, without which spreadsheets take UTF-8 for something else. */
const BOM = "\uFEFF";

type Lines = (context: RequestContext, query: Record<string, string>) => AsyncGenerator<string>;

/**
 * Answers a member's GET with a CSV file, streamed as it is read. Refusals and mistakes in the query are problems, as
 * on the API: nothing is sent before the first lines are there.
 */
export async function csvDownload(request: Request, name: string, lines: Lines): Promise<Response> {
  const context = await currentMember().catch((error: unknown) => publicError(error));
  if (context === null) return problemResponse(signInFirst(), newId("req"));
  if (context instanceof AppError) return problemResponse(context, newId("req"));
  const query = Object.fromEntries([...new URL(request.url).searchParams].filter(([, value]) => value !== ""));
  const source = lines(context, query);
  try {
    const first = await source.next();
    return new Response(streamOf(`${BOM}${first.value ?? ""}`, source), {
      headers: {
        ...baseHeaders(context.requestId),
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${name}.csv"`,
      },
    });
  } catch (thrown) {
    const error = publicError(thrown);
    logFailure(error, context.requestId);
    return problemResponse(error, context.requestId);
  }
}

function streamOf(first: string, rest: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(first)),
    async pull(controller) {
      const next = await rest.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: async () => {
      await rest.return(undefined);
    },
  });
}

const signInFirst = (): AppError => new AppError("unauthenticated", "Sign in to download this.");
