-- Pages by expiry and by last use: a key that never expires comes last, one that was never used first. The plain
-- columns' indexes could not serve that order.
DROP INDEX "api_keys_organization_id_expires_at_id_idx";
DROP INDEX "api_keys_organization_id_last_used_at_id_idx";
CREATE INDEX "api_keys_expires_page_idx" ON "api_keys" ("organization_id", (coalesce("expires_at", 'infinity'::timestamptz)), "id");
CREATE INDEX "api_keys_last_used_page_idx" ON "api_keys" ("organization_id", (coalesce("last_used_at", '-infinity'::timestamptz)), "id");

-- Nothing lists these by name.
DROP INDEX "members_name_page_idx";
DROP INDEX "regions_name_page_idx";
DROP INDEX "subaccounts_name_page_idx";
