-- What the instances have counted together, per subject and window. Unlogged: it is of no worth after a crash, and
-- writing it down for one would cost more than the requests it counts.
CREATE UNLOGGED TABLE "rate_limit_counts" (
    "subject" TEXT NOT NULL,
    "period" BIGINT NOT NULL,
    "count" BIGINT NOT NULL,
    "kept_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limit_counts_pkey" PRIMARY KEY ("subject","period")
);

-- CreateIndex
CREATE INDEX "rate_limit_counts_kept_until_idx" ON "rate_limit_counts"("kept_until");
