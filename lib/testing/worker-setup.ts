import { afterAll, beforeAll } from "vitest";
import { closeDb } from "@/lib/db";
import { ownDatabase, truncateAll } from "@/lib/testing/database";

process.env.DATABASE_URL = (await ownDatabase()).appUrl;

// A file begins with an empty database whatever the one before it left; within a file, call truncateAll yourself.
beforeAll(truncateAll);
afterAll(closeDb);
