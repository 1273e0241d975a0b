-- When a manager decided that a key listed for review should go on working. Null: nobody did, or an older version runs.
ALTER TABLE "api_keys" ADD COLUMN "kept_at" TIMESTAMPTZ(3);
