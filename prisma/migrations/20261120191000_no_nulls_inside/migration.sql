-- Lists without holes and moments that are moments: what no code writes, no row may say, so that a hand-made row is
-- refused here rather than met by the code.
ALTER TABLE "api_keys"
  ALTER COLUMN "permissions" SET DEFAULT '{}',
  ALTER COLUMN "permissions" SET NOT NULL,
  ALTER COLUMN "allowed_subaccounts" SET DEFAULT '{}',
  ALTER COLUMN "allowed_subaccounts" SET NOT NULL,
  ALTER COLUMN "allowed_ips" SET DEFAULT '{}',
  ALTER COLUMN "allowed_ips" SET NOT NULL,
  ADD CONSTRAINT "api_keys_no_holes_check" CHECK (
    array_position("permissions", NULL) IS NULL
    AND array_position("allowed_subaccounts", NULL) IS NULL
    AND array_position("allowed_ips", NULL) IS NULL),
  ADD CONSTRAINT "api_keys_expires_at_finite_check" CHECK (isfinite("expires_at"));
ALTER TABLE "members"
  ALTER COLUMN "permissions" SET DEFAULT '{}',
  ALTER COLUMN "permissions" SET NOT NULL,
  ALTER COLUMN "subaccounts" SET DEFAULT '{}',
  ALTER COLUMN "subaccounts" SET NOT NULL,
  ADD CONSTRAINT "members_no_holes_check" CHECK (
    array_position("permissions", NULL) IS NULL AND array_position("subaccounts", NULL) IS NULL);
ALTER TABLE "products"
  ALTER COLUMN "actions" SET DEFAULT '{}',
  ALTER COLUMN "actions" SET NOT NULL,
  ADD CONSTRAINT "products_no_holes_check" CHECK (array_position("actions", NULL) IS NULL);
