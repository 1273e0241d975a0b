import { DENIALS, LatchkeyUnavailable, type Question, type Verification } from "@/lib/client/types";

type Settings = { address: URL; token: string; timeoutMs: number; retries: number; deadlineMs: number };

/** One attempt: decided, or not, and then whether and when another may be worth it. */
type Attempt =
  | { decided: Verification }
  | { decided: null; failure: LatchkeyUnavailable; isFinal: boolean; waitMs: number };

const FIRST_WAIT_MS = 50;

/**
 * Asks until there is a decision. No connection, a time-out, an answer that makes no sense, 429 and 5xx are tried
 * again after a growing, randomized wait, not before `Retry-After`, and only within the deadline. Other refusals of
 * the service's own request (a wrong token of its own, a malformed question) are final.
 */
export async function ask(settings: Settings, question: Question): Promise<Verification> {
  const ends = performance.now() + settings.deadlineMs;
  for (let round = 0; ; round++) {
    const attempt = await askOnce(settings, question, ends - performance.now());
    if (attempt.decided) return attempt.decided;
    // Full jitter between half and all of it: services that failed together do not return together.
    const backOff = FIRST_WAIT_MS * 2 ** round * (0.5 + Math.random() / 2);
    const waitMs = Math.max(attempt.waitMs, backOff);
    if (attempt.isFinal || round >= settings.retries || performance.now() + waitMs >= ends) throw attempt.failure;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

async function askOnce(settings: Settings, question: Question, leftMs: number): Promise<Attempt> {
  try {
    const answer = await fetch(settings.address, {
      method: "POST",
      headers: { authorization: `Bearer ${settings.token}`, "content-type": "application/json" },
      body: JSON.stringify(question),
      // Followed, a redirect would carry the client's token elsewhere. Some edge runtimes do not know "error".
      redirect: "manual",
      signal: AbortSignal.timeout(Math.max(1, Math.min(settings.timeoutMs, leftMs))),
    });
    const text = await answer.text();
    if (answer.status === 200) {
      const decided = readVerification(text);
      return decided ? { decided } : failed("Latchkey's answer is not a decision.", answer);
    }
    return failed(`Latchkey answered ${answer.status} ${codeOf(text)}`.trim(), answer);
  } catch (cause) {
    const failure = new LatchkeyUnavailable("Latchkey did not answer.", { cause });
    return { decided: null, failure, isFinal: false, waitMs: 0 };
  }
}

function failed(message: string, { status, headers }: Response): Attempt {
  const failure = new LatchkeyUnavailable(message, { status });
  const isFinal = status >= 400 && status < 500 && status !== 429 && status !== 408;
  const seconds = Number(headers.get("retry-after") ?? 0);
  // As a date (RFC 9110 section 10.2.3) it is not worth a clock: the back-off alone counts.
  return { decided: null, failure, isFinal, waitMs: Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 0 };
}

/** The decision in an answer, or null. What is not exactly "valid" with a key is never valid. */
function readVerification(text: string): Verification | null {
  const answer = parse(text);
  if (answer === null) return null;
  const { valid, code, key } = answer as { valid?: unknown; code?: unknown; key?: unknown };
  const known = typeof key === "object" ? (key as Verification["key"]) : null;
  if (valid === true && code === "VALID" && known !== null) return { valid, code, key: known };
  const denial = DENIALS.find((name) => name === code);
  return valid === false && denial !== undefined ? { valid, code: denial, key: known } : null;
}

function codeOf(text: string): string {
  const code = (parse(text) as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[a-z_]{1,64}$/.test(code) ? code : "";
}

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
