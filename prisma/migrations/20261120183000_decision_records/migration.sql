-- CreateTable
CREATE TABLE "decision_records" (
    "request_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "checks" JSONB NOT NULL,
    "api_key_id" TEXT,
    "caller_id" TEXT,
    "ip" TEXT,

    CONSTRAINT "decision_records_pkey" PRIMARY KEY ("request_id")
);

-- CreateIndex
CREATE INDEX "decision_records_organization_id_at_request_id_idx" ON "decision_records"("organization_id", "at" DESC, "request_id" DESC);

-- CreateIndex
CREATE INDEX "decision_records_at_idx" ON "decision_records"("at");
