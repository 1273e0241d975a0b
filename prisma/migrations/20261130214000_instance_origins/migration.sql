-- LATCHKEY_URL as the instance has it, so that the others can tell when theirs is another. Null: an older version's.
ALTER TABLE "instances" ADD COLUMN "origin" TEXT;
