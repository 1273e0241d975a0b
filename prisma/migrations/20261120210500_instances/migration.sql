-- CreateTable
CREATE TABLE "instances" (
    "id" TEXT NOT NULL,
    "beat" BIGINT NOT NULL DEFAULT 1,
    "fenced" BOOLEAN NOT NULL DEFAULT false,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instances_pkey" PRIMARY KEY ("id")
);

-- Whatever an instance may keep in its key cache announces its own changes, so that nobody can forget to, not even who
-- works on the database by hand. The setting tells the transaction that it has something to wait for.
CREATE FUNCTION "announce_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('latchkey.changed', 'on', true);
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_notify('latchkey_changes', TG_ARGV[0] || ':' || (to_jsonb(OLD) ->> TG_ARGV[1]));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM pg_notify('latchkey_changes', TG_ARGV[0] || ':' || (to_jsonb(NEW) ->> TG_ARGV[1]));
  END IF;
  RETURN NULL;
END
$$;

-- The same for a change that has no row to name.
CREATE FUNCTION "announce_subject"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('latchkey.changed', 'on', true);
  PERFORM pg_notify('latchkey_changes', TG_ARGV[0]);
  RETURN NULL;
END
$$;

-- Every column but last_used_at and last_used_ip, which are written all the time and decide nothing. A test compares
-- the list with the table. A key that is new is in no cache.
CREATE TRIGGER "api_keys_announce_update" AFTER UPDATE OF
    "id", "organization_id", "environment", "region_id", "name", "description", "permissions", "scopes",
    "all_subaccounts", "allowed_subaccounts", "allowed_ips", "expires_at", "disabled_at", "revoked_at",
    "token_preview", "version", "created_by_type", "created_by_id", "created_by_name", "created_at", "updated_at",
    "regenerated_at"
  ON "api_keys" FOR EACH ROW EXECUTE FUNCTION "announce_change"('key', 'id');
CREATE TRIGGER "api_keys_announce_delete" AFTER DELETE ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION "announce_change"('key', 'id');

CREATE TRIGGER "token_digests_announce" AFTER UPDATE OR DELETE ON "token_digests"
  FOR EACH ROW EXECUTE FUNCTION "announce_change"('key', 'api_key_id');
-- A token that two organizations have imported is refused: the second import changes what the first one's means.
CREATE TRIGGER "token_digests_announce_import" AFTER INSERT ON "token_digests"
  FOR EACH ROW WHEN (NEW."imported_digest" IS NOT NULL) EXECUTE FUNCTION "announce_subject"('imports');

CREATE TRIGGER "products_announce" AFTER INSERT OR UPDATE OR DELETE ON "products"
  FOR EACH ROW EXECUTE FUNCTION "announce_change"('organization', 'organization_id');
CREATE TRIGGER "subaccounts_announce" AFTER INSERT OR DELETE OR UPDATE OF "id", "organization_id" ON "subaccounts"
  FOR EACH ROW EXECUTE FUNCTION "announce_change"('organization', 'organization_id');
CREATE TRIGGER "signing_keys_announce" AFTER INSERT OR UPDATE OR DELETE ON "signing_keys"
  FOR EACH ROW EXECUTE FUNCTION "announce_change"('organization', 'organization_id');
CREATE TRIGGER "organizations_announce" AFTER DELETE OR UPDATE OF "id", "disabled_at" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION "announce_change"('organization', 'id');

CREATE TRIGGER "api_keys_announce_truncate" AFTER TRUNCATE ON "api_keys"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_subject"('everything');
CREATE TRIGGER "token_digests_announce_truncate" AFTER TRUNCATE ON "token_digests"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_subject"('everything');
CREATE TRIGGER "products_announce_truncate" AFTER TRUNCATE ON "products"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_subject"('everything');
CREATE TRIGGER "subaccounts_announce_truncate" AFTER TRUNCATE ON "subaccounts"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_subject"('everything');
CREATE TRIGGER "signing_keys_announce_truncate" AFTER TRUNCATE ON "signing_keys"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_subject"('everything');
CREATE TRIGGER "organizations_announce_truncate" AFTER TRUNCATE ON "organizations"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_subject"('everything');
