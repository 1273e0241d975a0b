import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EnvError, parseEnv, settingNames, unknownSettings } from "@/lib/env";
import { deriveSecret, readOrCreateMasterKey } from "@/lib/master-key";

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "latchkey-key-"));
  directories.push(directory);
  return directory;
}

function problems(raw: Record<string, string>): string[] {
  try {
    parseEnv(raw);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

test("a setting that is misspelled is told of; what others set for their own ends is not", () => {
  const given = {
    LATCHKEY_TRUSTED_PROXY: "10.0.0.1",
    LATCHKEY_WORKERS: "2",
    LATCHKEY_INTERNAL_PAGES: "/s",
    LATCHKEY_TOKEN: "lk_prod_",
    LATCHKEY_SERVICE_HOST: "10.0.0.1",
    LATCHKEY_SERVICE_PORT_HTTP: "3000",
    LATCHKEY_PORT: "tcp://10.0.0.1:3000",
    LATCHKEY_PORT_3000_TCP_ADDR: "10.0.0.1",
    HOME: "/",
  };
  expect(unknownSettings(given)).toEqual(["LATCHKEY_TRUSTED_PROXY"]);
});

test("every setting stands in the operator's guide", () => {
  const guide = readFileSync("docs/operating.md", "utf8");
  expect(settingNames()).toContain("LATCHKEY_WORKERS");
  expect(settingNames().filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test("nothing needs to be set: loopback, port 3000, a data directory beside the checkout", () => {
  expect(parseEnv({})).toEqual({
    port: 3000,
    host: "127.0.0.1",
    url: "http://127.0.0.1:3000",
    dataDir: path.resolve(".data"),
    databaseUrl: null,
    redisUrl: null,
    owner: null,
    oidc: null,
    trustedProxies: [],
    metricsToken: null,
    masterKey: null,
    workers: 1,
    drainSeconds: 0,
    keyCache: true,
  });
});

test.each([
  ["LATCHKEY_WORKERS", ["1", "64"], ["0", "65", "-1", "1.5", "many", " 2"]],
  ["LATCHKEY_DRAIN_SECONDS", ["0", "300"], ["301", "-1", "5s"]],
])("%s is a whole number within its limits", (name, good, bad) => {
  for (const value of good) expect(problems({ [name]: value })).toEqual([]);
  for (const value of bad) expect(problems({ [name]: value })[0]).toMatch(new RegExp(`^${name}: must be`));
});

test.each([
  ["LATCHKEY_KEY_CACHE", ["on", "off"], ["yes", "ON", "0"]],
  ["LOG_LEVEL", ["debug", "info", "warn", "error", "silent"], ["verbose", "INFO", "30", " info"]],
])("%s is one of its words, spelled as documented", (name, good, bad) => {
  for (const value of good) expect(problems({ [name]: value })).toEqual([]);
  for (const value of bad) expect(problems({ [name]: value })[0]).toMatch(new RegExp(`^${name}: must be`));
});

test("an empty variable is one that is not set", () => {
  const names = ["PORT", "LATCHKEY_TRUSTED_PROXIES", "LATCHKEY_METRICS_TOKEN", "DATABASE_URL", "LOG_LEVEL"];
  expect(parseEnv(Object.fromEntries(names.map((name) => [name, ""])))).toEqual(parseEnv({}));
});

test("every problem is reported at once, by the variable's name", () => {
  const found = problems({ PORT: "http", LATCHKEY_URL: "keys.example.com", DATABASE_URL: "mysql://x/y" });
  expect(found.map((problem) => problem.split(":")[0])).toEqual(["PORT", "LATCHKEY_URL", "DATABASE_URL"]);
});

test("LATCHKEY_URL is an origin, kept without its slash", () => {
  expect(parseEnv({ LATCHKEY_URL: "https://keys.example.com/" }).url).toBe("https://keys.example.com");
  for (const url of [
    "ftp://a.example",
    "https://a.example/path",
    "https://u:p@a.example",
    "https://a.example/?x",
    "javascript:1",
  ]) {
    expect(problems({ LATCHKEY_URL: url }), url).toHaveLength(1);
  }
});

test("a listener on every interface is called localhost, since 0.0.0.0 is no address to visit", () => {
  expect(parseEnv({ HOST: "0.0.0.0", PORT: "8080" }).url).toBe("http://localhost:8080");
  expect(parseEnv({ HOST: "::1" }).url).toBe("http://[::1]:3000");
});

describe("the first owner", () => {
  const OWNER = {
    LATCHKEY_OWNER_EMAIL: " Ada@Example.com",
    LATCHKEY_OWNER_PASSWORD: "four unrelated wooden spoons",
    LATCHKEY_ORGANIZATION: " Acme Proxies ",
  };

  test("is named whole or not at all", () => {
    const { LATCHKEY_OWNER_PASSWORD: _, ...rest } = OWNER;
    expect(problems(rest)).toEqual([
      "LATCHKEY_OWNER_PASSWORD: is missing. Set all of LATCHKEY_OWNER_EMAIL, LATCHKEY_OWNER_PASSWORD, LATCHKEY_ORGANIZATION, or none.",
    ]);
  });

  test("is kept as the set-up form would store it", () => {
    expect(parseEnv(OWNER).owner).toEqual({
      email: "ada@example.com",
      password: "four unrelated wooden spoons",
      organization: "Acme Proxies",
    });
  });

  test("is refused as in the set-up form, by the variables' names and all at once", () => {
    const found = problems({
      PORT: "http",
      LATCHKEY_OWNER_EMAIL: "ada",
      LATCHKEY_OWNER_PASSWORD: "short",
      LATCHKEY_ORGANIZATION: " ",
    });
    expect(found.map((problem) => problem.split(":")[0])).toEqual(["PORT", ...Object.keys(OWNER)]);
  });

  test.each(["passwordpassword", "ada@example.com1"])("may not have the password %s, which is not repeated", (word) => {
    const found = problems({ ...OWNER, LATCHKEY_OWNER_PASSWORD: word });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^LATCHKEY_OWNER_PASSWORD: /);
    expect(found[0]).not.toContain(word);
  });
});

describe("an OpenID Connect provider", () => {
  const OIDC = {
    LATCHKEY_OIDC_ISSUER: "https://id.example.com/realms/acme/",
    LATCHKEY_OIDC_CLIENT_ID: "latchkey",
    LATCHKEY_OIDC_CLIENT_SECRET: "s3cret",
  };

  test("is kept without the slash at its end, under a name of its own or a plain one", () => {
    const issuer = "https://id.example.com/realms/acme";
    const settings = { issuer, clientId: "latchkey", clientSecret: "s3cret" };
    expect(parseEnv(OIDC).oidc).toEqual({ ...settings, name: "Single sign-on" });
    expect(parseEnv({ ...OIDC, LATCHKEY_OIDC_NAME: "Acme ID" }).oidc).toEqual({ ...settings, name: "Acme ID" });
  });

  test("is named whole or not at all", () => {
    const { LATCHKEY_OIDC_CLIENT_SECRET: _, ...rest } = OIDC;
    expect(problems(rest)).toEqual([
      "LATCHKEY_OIDC_CLIENT_SECRET: is missing. Set all of LATCHKEY_OIDC_ISSUER, LATCHKEY_OIDC_CLIENT_ID, LATCHKEY_OIDC_CLIENT_SECRET, or none.",
    ]);
    expect(problems({ LATCHKEY_OIDC_CLIENT_ID: "latchkey" })).toHaveLength(2);
  });

  test.each(["http://localhost:8080", "http://127.0.0.1:8080/realm", "http://[::1]:8080"])(
    "may be without TLS on this machine: %s",
    (issuer) => {
      expect(problems({ ...OIDC, LATCHKEY_OIDC_ISSUER: issuer })).toEqual([]);
    },
  );

  test.each([
    "http://id.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "id.example.com",
    "ftp://id.example.com",
    "https://user:password@id.example.com",
    "https://id.example.com/?tenant=1",
    "https://id.example.com/#a",
    "https://id.example.com/.well-known/openid-configuration",
  ])("is refused at %s", (issuer) => {
    expect(problems({ ...OIDC, LATCHKEY_OIDC_ISSUER: issuer })).toHaveLength(1);
  });

  test("never has its secret repeated in a complaint", () => {
    const found = problems({ ...OIDC, LATCHKEY_OIDC_CLIENT_SECRET: "copied with a space " });
    expect(found).toHaveLength(1);
    expect(found.join()).not.toContain("copied");
  });
});

describe("IP-16 trusted proxies", () => {
  test("are kept in canonical form", () => {
    expect(parseEnv({ LATCHKEY_TRUSTED_PROXIES: "10.0.0.0/8, FD00::/8,192.0.2.1/32" }).trustedProxies).toEqual([
      "10.0.0.0/8",
      "fd00::/8",
      "192.0.2.1",
    ]);
  });

  test.each([
    "0.0.0.0/0",
    "::/0",
    "proxy.example.com",
    "loopback",
    "10.0.0.1,,10.0.0.2",
    "10.0.0.1,",
    "10.0.0.1/8",
    "10.0.0.0/255.0.0.0",
  ])("refuse to start with %s", (value) => {
    expect(problems({ LATCHKEY_TRUSTED_PROXIES: value })).toHaveLength(1);
  });
});

describe("SH-12 the master key", () => {
  test.each([
    ["empty", ""],
    ["short", randomBytes(31).toString("base64")],
    ["no encoding of bytes", "correct horse battery staple, correct horse"],
    ["all zero", Buffer.alloc(32).toString("hex")],
    ["a counter", Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString("hex")],
    ["a repeated pattern", "0123456789abcdef".repeat(4)],
    ["a sentence in base64", Buffer.from("change me, I am only an example master key!").toString("base64")],
  ])("refuses one that is %s", (_, value) => {
    expect(problems({ LATCHKEY_MASTER_KEY: value })[0]).toContain("openssl rand -base64 32");
  });

  test("never repeats the refused value, which may be someone's real secret", () => {
    const value = randomBytes(20).toString("hex");
    expect(problems({ LATCHKEY_MASTER_KEY: value }).join()).not.toContain(value);
  });

  test("takes 32 random bytes in hexadecimal, base64 and base64url", () => {
    const key = randomBytes(32);
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      expect(problems({ LATCHKEY_MASTER_KEY: key.toString(encoding) })).toEqual([]);
      expect(readOrCreateMasterKey(key.toString(encoding), "/nowhere")).toEqual(key);
    }
  });

  test("is made once in the data directory, for its owner's eyes only, and read from then on", () => {
    const directory = temporaryDirectory();
    const key = readOrCreateMasterKey(null, directory);
    expect(key).toHaveLength(32);
    expect(statSync(path.join(directory, "master.key")).mode & 0o777).toBe(0o600);
    expect(readOrCreateMasterKey(null, directory)).toEqual(key);
  });

  test("is never replaced when its file is damaged", () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "master.key"), "");
    expect(() => readOrCreateMasterKey(null, directory)).toThrow("backup");
    expect(readFileSync(path.join(directory, "master.key"), "utf8")).toBe("");
  });
});

test("a derived secret depends on the key and the purpose alone", () => {
  const key = randomBytes(32);
  expect(deriveSecret(key, "a")).toEqual(deriveSecret(Buffer.from(key), "a"));
  expect(deriveSecret(key, "a")).not.toEqual(deriveSecret(key, "b"));
  expect(deriveSecret(key, "a")).toHaveLength(32);
});

test("Redis is named by its URL alone", () => {
  for (const url of ["redis://127.0.0.1:6379", "rediss://user:secret@cache.example.com:6380/1"]) {
    expect(parseEnv({ LATCHKEY_REDIS_URL: url }).redisUrl).toBe(url);
  }
  for (const url of ["127.0.0.1:6379", "http://127.0.0.1:6379", "redis:///0", "redis://host/queue"]) {
    expect(problems({ LATCHKEY_REDIS_URL: url })[0]).toMatch(/^LATCHKEY_REDIS_URL: must look like redis:/);
  }
});
