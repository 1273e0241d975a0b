import { afterEach, expect, test, vi } from "vitest";
import { adoptLogLevel, createLog, log } from "@/lib/log";

function logged(value: object): string {
  let text = "";
  const log = createLog({ write: (line) => (text += line) });
  log.level = "info";
  log.info(value, "event");
  return text;
}

afterEach(() => {
  vi.unstubAllEnvs();
  adoptLogLevel();
});

test.each([
  ["warn", "warn"],
  ["", "info"],
  ["verbose", "info"],
])("a LOG_LEVEL of %j that comes with .env, after the log was made, makes it %s", (given, level) => {
  vi.stubEnv("LOG_LEVEL", given);
  expect(createLog().level).toBe(level);
  adoptLogLevel();
  expect(log.level).toBe(level);
});

const HEADERS = ["authorization", "cookie", "set-cookie", "x-api-key", "api-token"];

test.each([...HEADERS, "password", "token", "setup_token", "secret"])(
  "SH-09 %s is redacted at every depth that we log",
  (name) => {
    const text = logged({ [name]: "s3cret", req: { [name]: "s3cret", headers: { [name]: "s3cret" } } });
    expect(text).not.toContain("s3cret");
    expect(JSON.parse(text).req.headers[name]).toBe("[redacted]");
  },
);

test("a line is JSON with level, time and message", () => {
  expect(JSON.parse(logged({ method: "GET" }))).toMatchObject({
    level: "info",
    method: "GET",
    msg: "event",
    time: expect.stringMatching(/Z$/),
  });
});

test("SH-09 of an error, only what it says is logged, not what it carries", () => {
  const error = Object.assign(new Error("lost", { cause: new Error("reset") }), {
    code: "57P01",
    client: { secretKey: 1 },
  });
  const { err } = JSON.parse(logged({ err: error }));
  expect(Object.keys(err).sort()).toEqual(["cause", "code", "message", "stack", "type"]);
  expect(err.cause.message).toBe("reset");
});
