import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";

/**
 * Runs `use` with Prisma's own schema engine in its WebAssembly form, which needs no download. It stands on one
 * connection, closed afterwards. `afterScript` is SQL appended to every migration script, in the same transaction.
 * @throws pg.DatabaseError when the database refuses a script.
 */
export async function withSchemaEngine<T>(
  options: { url: string; schema?: string; afterScript?: string },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= loadEngine();
  const module = await loaded;
  const adapter = new WholeScripts(options.url, options.afterScript ?? "");
  const engine = await module.SchemaEngine.new(
    { datamodels: options.schema ? [["schema.prisma", options.schema]] : undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    return await use(engine);
  } catch (error) {
    // The database's own words say more than what the engine makes of them.
    throw adapter.failure ?? error;
  } finally {
    engine.free();
    await adapter.close();
  }
}

/**
 * PrismaPg splits a script at every semicolon and sends the parts one by one, which cuts function bodies apart and
 * leaves half of a failed migration behind. Sent whole, a script is one implicit transaction.
 */
class WholeScripts extends PrismaPg {
  failure: pg.DatabaseError | null = null;
  readonly #pools: pg.Pool[] = [];
  readonly #url: string;
  readonly #afterScript: string;

  constructor(url: string, afterScript: string) {
    super(url);
    this.#url = url;
    this.#afterScript = afterScript;
  }

  override async connect() {
    const pool = new pg.Pool({ connectionString: this.#url, max: 1, idleTimeoutMillis: 0 });
    this.#pools.push(pool);
    return this.#sendingWhole(await new PrismaPg(pool).connect(), this.#afterScript);
  }

  override async connectToShadowDb() {
    return this.#sendingWhole(await super.connectToShadowDb(), "");
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }

  #sendingWhole<A extends Awaited<ReturnType<PrismaPg["connect"]>>>(adapter: A, afterScript: string): A {
    readCatalogueChars(adapter.underlyingDriver());
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(afterScript ? `${script}\n;\n${afterScript}` : script);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        this.failure = error;
        throw new DriverAdapterError({
          kind: "postgres",
          code: error.code ?? "XX000",
          severity: error.severity ?? "ERROR",
          message: error.message,
          detail: error.detail,
          column: error.column,
          hint: error.hint,
          originalCode: error.code,
          originalMessage: error.message,
        });
      }
    };
    return adapter;
  }
}

/** PrismaPg has no mapping for the catalogue's one-byte type `"char"`, which the engine reads as text. */
function readCatalogueChars(pool: pg.Pool): void {
  const [CHAR, TEXT] = [18, 25];
  const query = pool.query.bind(pool);
  const queryWithText = async (config: pg.QueryConfig) => {
    const result = await query(config);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    return result;
  };
  Object.assign(pool, { query: queryWithText });
}

type EngineModule = typeof import("@prisma/schema-engine-wasm");
type EngineInternals = EngineModule & { __wbg_set_wasm(exports: WebAssembly.Exports): void };

/** One per process: its bindings have room for one instance, and a second would break the first. */
let loaded: Promise<EngineModule> | undefined;

/** Node 20 cannot import a .wasm file, so it is read and instantiated by hand. */
async function loadEngine(): Promise<EngineModule> {
  const require = createRequire(import.meta.url);
  const file = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bindings: EngineInternals = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(path.join(path.dirname(file), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
  return bindings;
}
