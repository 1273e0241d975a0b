import pino from "pino";

const SECRET_NAMES = [
  "authorization",
  "cookie",
  '["set-cookie"]',
  '["x-api-key"]',
  '["api-token"]',
  "password",
  "token",
  "setup_token",
  "secret",
];

/** A name is redacted at the top, one level down (`headers.cookie`) and two (`req.headers.cookie`). */
const path = (prefix: string, name: string) => (name.startsWith("[") ? `${prefix}${name}` : `${prefix}.${name}`);
const REDACTED = SECRET_NAMES.flatMap((name) => [name, path("*", name), path("*.*", name)]);

/** From everything to nothing. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/**
 * The process's JSON log on standard output, one line per event, level by `LOG_LEVEL` (default `info`).
 * Members that carry secrets are replaced; nothing else keeps a token out of a message text, so never put one there.
 */
export const log = createLog();

/** Takes `LOG_LEVEL` as it is by now: `.env` is read when the log has been made. */
export function adoptLogLevel(): void {
  log.level = givenLevel();
}

/** One that is misspelled is told of with the other settings, so it counts as none here. */
function givenLevel(): pino.LevelWithSilent {
  return LOG_LEVELS.find((level) => level === process.env.LOG_LEVEL) ?? "info";
}

/** As `log`, to another destination. */
export function createLog(destination?: pino.DestinationStream): pino.Logger {
  const options: pino.LoggerOptions = {
    level: givenLevel(),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: REDACTED, censor: "[redacted]" },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** What an error says of itself. Its other members may hold a whole connection, or a query with its values. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return {
    type: error.name,
    code: "code" in error ? error.code : undefined,
    message: error.message,
    stack: error.stack,
    ...cause,
  };
}
