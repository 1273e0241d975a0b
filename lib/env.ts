import path from "node:path";
import { z } from "zod";
import { parseIpRule } from "@/lib/api-keys/ip-rules";
import { guessable } from "@/lib/auth/password-rules";
import { LOG_LEVELS } from "@/lib/log";
import { deriveSecret, keyProblem, readOrCreateMasterKey } from "@/lib/master-key";
import { setupFormSchema } from "@/lib/organizations/schema";
import { nameSchema } from "@/lib/text";

/** The process's settings, from its environment. */
export type Env = {
  port: number;
  host: string;
  /** The console's own origin: scheme, host and port, no trailing slash. */
  url: string;
  /** Absolute. */
  dataDir: string;
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** The Redis or Valkey through which instances share rate limits; null: the database. */
  redisUrl: string | null;
  /** The first owner of an empty database, for unattended installs, as the set-up form would read them. */
  owner: { email: string; password: string; organization: string } | null;
  /** The OpenID Connect provider that members may sign in through; null: by password alone. */
  oidc: OidcSettings | null;
  /** Canonical addresses and ranges of the reverse proxies whose X-Forwarded-For counts. */
  trustedProxies: string[];
  /** Null: metrics are off. */
  metricsToken: string | null;
  /** As given; null: kept in the data directory. */
  masterKey: string | null;
  /** Processes that serve; with 1 the only process does all. */
  workers: number;
  /** Seconds that a stopping instance goes on taking connections, while its readiness says that it leaves. */
  drainSeconds: number;
  /** Whether keys are answered from memory while that is certain to be right. */
  keyCache: boolean;
};

/** `issuer` is the provider's issuer identifier without a slash at its end; `name` is what its button says. */
export type OidcSettings = { issuer: string; clientId: string; clientSecret: string; name: string };

/** Settings that cannot be used. One line per variable, each with its way out. */
export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

const store = globalThis as { __latchkeyEnv?: Env; __latchkeyMasterKey?: Buffer };

/**
 * The settings, read once per process.
 * @throws EnvError that lists everything that is wrong.
 */
export function getEnv(): Env {
  store.__latchkeyEnv ??= parseEnv(process.env);
  return store.__latchkeyEnv;
}

/** The instance's master key, at least 32 bytes: `LATCHKEY_MASTER_KEY`, or the data directory's own, made once. */
export function masterKey(): Buffer {
  store.__latchkeyMasterKey ??= readOrCreateMasterKey(getEnv().masterKey, getEnv().dataDir);
  return store.__latchkeyMasterKey;
}

/** 32 bytes for one purpose, derived from the master key (HKDF-SHA-256, RFC 5869), alike on every instance. */
export function derivedSecret(purpose: string): Buffer {
  const key = masterKey();
  // Deriving costs as much as a statement, and audit events need it each time.
  if (derived.from !== key) derived = { from: key, secrets: new Map() };
  let secret = derived.secrets.get(purpose);
  if (secret === undefined) {
    secret = deriveSecret(key, purpose);
    derived.secrets.set(purpose, secret);
  }
  return secret;
}

let derived: { from: Buffer | null; secrets: Map<string, Buffer> } = { from: null, secrets: new Map() };

/**
 * Settings from variables. An empty variable counts as not set, but for `LATCHKEY_MASTER_KEY`: an empty one is a
 * mistake that would silently make another key.
 * @throws EnvError that lists everything that is wrong.
 */
export function parseEnv(raw: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(
    Object.entries(raw).filter(([name, value]) => name === "LATCHKEY_MASTER_KEY" || value !== ""),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  }
  const { PORT, HOST, LATCHKEY_URL, LATCHKEY_OWNER_EMAIL, LATCHKEY_OWNER_PASSWORD, LATCHKEY_ORGANIZATION, ...rest } =
    parsed.data;
  return {
    port: PORT,
    host: HOST,
    url: LATCHKEY_URL ?? defaultUrl(HOST, PORT),
    dataDir: path.resolve(rest.LATCHKEY_DATA_DIR),
    databaseUrl: rest.DATABASE_URL ?? null,
    redisUrl: rest.LATCHKEY_REDIS_URL ?? null,
    owner:
      LATCHKEY_OWNER_EMAIL && LATCHKEY_OWNER_PASSWORD && LATCHKEY_ORGANIZATION
        ? { email: LATCHKEY_OWNER_EMAIL, password: LATCHKEY_OWNER_PASSWORD, organization: LATCHKEY_ORGANIZATION }
        : null,
    oidc: oidcOf(parsed.data),
    trustedProxies: rest.LATCHKEY_TRUSTED_PROXIES ?? [],
    metricsToken: rest.LATCHKEY_METRICS_TOKEN ?? null,
    masterKey: rest.LATCHKEY_MASTER_KEY ?? null,
    workers: rest.LATCHKEY_WORKERS,
    drainSeconds: rest.LATCHKEY_DRAIN_SECONDS,
    keyCache: rest.LATCHKEY_KEY_CACHE === "on",
  };
}

/**
 * What looks like a setting and is none, most likely misspelled. To be told of and not refused: an older version must
 * start with what a newer one was given.
 */
export function unknownSettings(raw: Record<string, string | undefined>): string[] {
  // Those from a process to its own; a client's token, as the quick-starts call it; and what Kubernetes sets for a
  // Service of our name.
  const known = /^LATCHKEY_(?:INTERNAL_|TOKEN$|SERVICE_(?:HOST|PORT)|PORT(?:$|_\d))/;
  const ours = Object.keys(raw).filter((name) => name.startsWith("LATCHKEY_") && !known.test(name));
  return ours.filter((name) => !settingNames().includes(name));
}

/** The names of all variables that are read. */
export const settingNames = (): string[] => Object.keys(schema.shape);

const OWNER_VARIABLES = ["LATCHKEY_OWNER_EMAIL", "LATCHKEY_OWNER_PASSWORD", "LATCHKEY_ORGANIZATION"] as const;
const OIDC_VARIABLES = ["LATCHKEY_OIDC_ISSUER", "LATCHKEY_OIDC_CLIENT_ID", "LATCHKEY_OIDC_CLIENT_SECRET"] as const;

/** A client id or secret (RFC 6749 A.1): spaces may stand inside, but at an end they were copied by mistake. */
const VISIBLE = /^[!-~](?:[ -~]{0,1998}[!-~])?$/;

const schema = z
  .object({
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, "must be a port number, such as 3000.")
      .transform(Number)
      .refine((port) => port >= 1 && port <= 65_535, "must be between 1 and 65535.")
      .default(3000),
    HOST: z
      .string()
      .regex(/^[0-9A-Za-z.:_-]+$/, "must be an address or a host name, such as 127.0.0.1, 0.0.0.0 or ::.")
      .default("127.0.0.1"),
    LATCHKEY_URL: z.string().transform(parseOrigin).optional(),
    LATCHKEY_DATA_DIR: z.string().default("./.data"),
    DATABASE_URL: z.string().superRefine(checkDatabaseUrl).optional(),
    LATCHKEY_REDIS_URL: z.string().superRefine(checkRedisUrl).optional(),
    LATCHKEY_MASTER_KEY: z
      .string()
      .superRefine((value, ctx) => addIssue(ctx, keyProblem(value)))
      .optional(),
    LATCHKEY_OWNER_EMAIL: setupFormSchema.shape.email.optional(),
    LATCHKEY_OWNER_PASSWORD: setupFormSchema.shape.password.optional(),
    LATCHKEY_ORGANIZATION: setupFormSchema.shape.organization.optional(),
    LATCHKEY_OIDC_ISSUER: z.string().transform(parseIssuer).optional(),
    LATCHKEY_OIDC_CLIENT_ID: z.string().regex(VISIBLE, "must be the client id that the provider gave.").optional(),
    LATCHKEY_OIDC_CLIENT_SECRET: z
      .string()
      .regex(VISIBLE, "must be the client secret that the provider gave, without a space at either end.")
      .optional(),
    LATCHKEY_OIDC_NAME: nameSchema(60).default("Single sign-on"),
    LATCHKEY_TRUSTED_PROXIES: z.string().transform(parseProxies).optional(),
    LATCHKEY_METRICS_TOKEN: z
      .string()
      .regex(
        /^[!-~]{16,}$/,
        "must have at least 16 visible ASCII characters, no spaces; leave it unset to turn metrics off.",
      )
      .optional(),
    LATCHKEY_WORKERS: wholeNumber(1, 64, "the number of processes that serve", 1),
    LATCHKEY_DRAIN_SECONDS: wholeNumber(0, 300, "seconds between SIGTERM and the last connection taken", 0),
    LATCHKEY_KEY_CACHE: z.enum(["on", "off"], { error: "must be on or off." }).default("on"),
    // Read by the log itself, which is there before the settings are.
    LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}.` }).optional(),
  })
  .superRefine((env, ctx) => {
    for (const names of [OWNER_VARIABLES, OIDC_VARIABLES]) {
      const missing = names.filter((name) => env[name] === undefined);
      if (missing.length === names.length) continue;
      const message = `is missing. Set all of ${names.join(", ")}, or none.`;
      for (const name of missing) ctx.addIssue({ code: "custom", path: [name], message });
    }
    const { LATCHKEY_OWNER_EMAIL: email, LATCHKEY_OWNER_PASSWORD: password } = env;
    // What is wrong with the password alone has been said.
    if (email === undefined || password === undefined || guessable(password) !== null) return;
    const reason = guessable(password, email);
    if (reason) ctx.addIssue({ code: "custom", path: ["LATCHKEY_OWNER_PASSWORD"], message: reason });
  });

type Context = z.core.$RefinementCtx<string>;

function wholeNumber(least: number, most: number, what: string, otherwise: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number: ${what}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}: ${what}.`)
    .default(otherwise);
}

function addIssue(ctx: Context, message: string | null): void {
  if (message !== null) ctx.addIssue({ code: "custom", message });
}

function parseOrigin(text: string, ctx: Context): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isOrigin = url && /^https?:$/.test(url.protocol) && `${url.pathname}${url.search}${url.hash}` === "/";
  if (url && isOrigin && url.username === "" && url.password === "") return url.origin;
  addIssue(ctx, "must be the console's origin alone, such as https://keys.example.com.");
  return z.NEVER;
}

/** Plain HTTP would let anyone on the way be anyone: it is for a provider on this machine alone. */
function parseIssuer(text: string, ctx: Context): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url?.protocol === "http:" && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  const isPlain = url && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (isPlain && (url.protocol === "https:" || isLocal) && !url.pathname.includes("/.well-known/")) {
    return url.href.replace(/\/+$/, "");
  }
  addIssue(ctx, "must be the provider's issuer, such as https://id.example.com: https, and no /.well-known path.");
  return z.NEVER;
}

function oidcOf(env: z.output<typeof schema>): OidcSettings | null {
  const { LATCHKEY_OIDC_ISSUER: issuer, LATCHKEY_OIDC_CLIENT_ID: clientId } = env;
  const { LATCHKEY_OIDC_CLIENT_SECRET: clientSecret, LATCHKEY_OIDC_NAME: name } = env;
  return issuer && clientId && clientSecret ? { issuer, clientId, clientSecret, name } : null;
}

function checkDatabaseUrl(text: string, ctx: Context): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return;
  addIssue(
    ctx,
    "must look like postgresql://user:password@host:5432/database; unset it to use the embedded PostgreSQL.",
  );
}

function checkRedisUrl(text: string, ctx: Context): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== "" && /^(?:\/\d*)?$/.test(url.pathname)) return;
  addIssue(
    ctx,
    "must look like redis://user:password@host:6379/0, or rediss:// with TLS; unset it to use the database.",
  );
}

function parseProxies(text: string, ctx: Context): string[] {
  const rules: string[] = [];
  for (const item of text.split(",").map((part) => part.trim())) {
    const parsed = parseIpRule(item);
    if (item === "") addIssue(ctx, "has an empty item. List addresses and CIDR ranges, such as 10.0.0.0/8,fd00::/8.");
    else if (!parsed.ok) addIssue(ctx, parsed.detail);
    else if (parsed.wildcard || isTooBroad(parsed.rule)) {
      addIssue(ctx, `${item} would let every client name its own address. List your reverse proxies alone.`);
    } else rules.push(parsed.rule);
  }
  return rules;
}

/** No network of proxies is larger than 10.0.0.0/8 or fc00::/7; two halves of everything are still everything. */
function isTooBroad(rule: string): boolean {
  const prefix = Number(rule.split("/")[1] ?? 128);
  return prefix < (rule.includes(":") ? 7 : 8);
}

function defaultUrl(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return new URL(`http://${name}:${port}`).origin;
}
