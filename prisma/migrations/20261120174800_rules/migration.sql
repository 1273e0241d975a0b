-- What Prisma's schema language cannot say.

-- Search in names: lower(name) LIKE '%…%'. Where the extension may not be made, search still works, only slower.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "api_keys_name_search_idx" ON "api_keys" USING gin (lower("name") gin_trgm_ops);
EXCEPTION
  WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
    RAISE WARNING 'pg_trgm is not available here: searching names reads every key of the organization';
END
$$;

-- Lists sorted by name, paged by key.
CREATE INDEX "api_keys_name_page_idx" ON "api_keys" ("organization_id", lower("name"), "id");
CREATE INDEX "members_name_page_idx" ON "members" ("organization_id", lower("name"), "id");
CREATE INDEX "regions_name_page_idx" ON "regions" ("organization_id", lower("name"), "id");
CREATE INDEX "subaccounts_name_page_idx" ON "subaccounts" ("organization_id", lower("name"), "id");

-- Events that no seal covers yet, found by the sealer in the order in which they happened.
CREATE INDEX "audit_events_order_idx" ON "audit_events" ("at", "id");

-- A key has one digest that stays; an organization, one default region.
CREATE UNIQUE INDEX "token_digests_lasting_key" ON "token_digests" ("api_key_id") WHERE "ends_at" IS NULL;
CREATE UNIQUE INDEX "regions_default_key" ON "regions" ("organization_id") WHERE "is_default";

-- The last line behind the schemas: no row says what no code can mean.
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_version_check" CHECK ("version" >= 1);

ALTER TABLE "members"
  ADD CONSTRAINT "members_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "members_email_check" CHECK (char_length("email") BETWEEN 3 AND 320);

ALTER TABLE "regions"
  ADD CONSTRAINT "regions_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "regions_name_check" CHECK (char_length("name") BETWEEN 1 AND 64);

ALTER TABLE "subaccounts" ADD CONSTRAINT "subaccounts_version_check" CHECK ("version" >= 1);

ALTER TABLE "products"
  ADD CONSTRAINT "products_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "products_id_check" CHECK ("id" ~ '^[a-z][a-z0-9_]{1,63}$' AND "id" <> 'account');

ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "api_keys_name_check" CHECK (char_length("name") BETWEEN 1 AND 100),
  ADD CONSTRAINT "api_keys_description_check" CHECK (char_length("description") <= 500),
  ADD CONSTRAINT "api_keys_scopes_check" CHECK (jsonb_typeof("scopes") = 'array'),
  ADD CONSTRAINT "api_keys_allowed_ips_check" CHECK (cardinality("allowed_ips") <= 100),
  ADD CONSTRAINT "api_keys_subaccounts_check" CHECK (NOT "all_subaccounts" OR cardinality("allowed_subaccounts") = 0);

ALTER TABLE "token_digests"
  ADD CONSTRAINT "token_digests_digest_check" CHECK (octet_length("digest") IN (32, 64)),
  ADD CONSTRAINT "token_digests_signing_key_check" CHECK ("algorithm" <> 'hmac_sha256' OR "signing_key_version" IS NOT NULL);

ALTER TABLE "signing_keys"
  ADD CONSTRAINT "signing_keys_version_check" CHECK ("version" >= 1),
  ADD CONSTRAINT "signing_keys_nonce_check" CHECK (octet_length("nonce") = 12);

ALTER TABLE "audit_seals"
  ADD CONSTRAINT "audit_seals_sequence_check" CHECK ("sequence" >= 0),
  ADD CONSTRAINT "audit_seals_hash_check" CHECK (octet_length("hash") = 32);

ALTER TABLE "usage_counts" ADD CONSTRAINT "usage_counts_count_check" CHECK ("count" >= 0);

-- The audit log is append-only for everyone, the owner of the tables included. The runtime role has no right to
-- change it in the first place (lib/postgres/runtime-role.ts).
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_seals_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_seals"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
