-- DropIndex
DROP INDEX "users_email_key";

-- DropIndex
DROP INDEX "referral_codes_businessId_code_key";

-- DropIndex
DROP INDEX "partners_businessId_name_key";

-- DropIndex
DROP INDEX "loyalty_programs_businessId_name_key";

-- DropIndex
DROP INDEX "customers_email_businessId_key";

-- DropIndex
DROP INDEX "customers_businessId_externalId_key";

-- DropIndex
DROP INDEX "customer_segments_businessId_name_key";

-- DropIndex
DROP INDEX "businesses_slug_key";

-- CreateMaterializedView
-- ploy:manages materialized view "program_statistics"
CREATE MATERIALIZED VIEW program_statistics AS
SELECT p.id AS "programId",
       p."businessId",
       count(DISTINCT t."customerId") AS members,
       coalesce(sum(t.points) FILTER (WHERE t.points > 0), 0) AS "pointsEarned",
       coalesce(-sum(t.points) FILTER (WHERE t.type = 'REDEEM'), 0) AS "pointsRedeemed",
       coalesce(sum(t.points), 0) AS "pointsOutstanding",
       coalesce(sum(t.points), 0) * p."pointValue" AS liability,
       max(t."createdAt") AS "lastMovedAt"
FROM loyalty_programs p
LEFT JOIN point_transactions t ON t."programId" = p.id
WHERE p."deletedAt" IS NULL
GROUP BY p.id;

-- CreateFunction
-- ploy:manages function "refresh_program_statistics()"
CREATE FUNCTION refresh_program_statistics() RETURNS void LANGUAGE sql AS $$
  REFRESH MATERIALIZED VIEW CONCURRENTLY program_statistics;
$$;

-- CreateFunction
-- ploy:manages function "refuse_ledger_change()"
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are never changed; add one that puts it right.', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;

-- CreateCheck
-- ploy:manages check "customers"."customers_lifetime_spend"
ALTER TABLE "customers" ADD CONSTRAINT "customers_lifetime_spend" CHECK ("lifetimeSpend" >= 0);

-- CreateCheck
-- ploy:manages check "invoices"."invoices_total"
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_total" CHECK (subtotal >= 0 AND tax >= 0 AND total = subtotal + tax);

-- CreateCheck
-- ploy:manages check "loyalty_programs"."loyalty_programs_rates"
ALTER TABLE "loyalty_programs" ADD CONSTRAINT "loyalty_programs_rates" CHECK ("pointsPerUnit" >= 0 AND "pointValue" >= 0);

-- CreateCheck
-- ploy:manages check "loyalty_tiers"."loyalty_tiers_points"
ALTER TABLE "loyalty_tiers" ADD CONSTRAINT "loyalty_tiers_points" CHECK ("minPoints" >= 0 AND multiplier > 0);

-- CreateCheck
-- ploy:manages check "partner_revenues"."partner_revenues_money"
ALTER TABLE "partner_revenues" ADD CONSTRAINT "partner_revenues_money" CHECK (gross >= 0 AND commission BETWEEN 0 AND gross);

-- CreateCheck
-- ploy:manages check "partner_revenues"."partner_revenues_period"
ALTER TABLE "partner_revenues" ADD CONSTRAINT "partner_revenues_period" CHECK ("periodEnd" >= "periodStart");

-- CreateCheck
-- ploy:manages check "partners"."partners_commission_rate"
ALTER TABLE "partners" ADD CONSTRAINT "partners_commission_rate" CHECK ("commissionRate" BETWEEN 0 AND 1);

-- CreateCheck
-- ploy:manages check "point_transactions"."point_transactions_balance"
ALTER TABLE "point_transactions" ADD CONSTRAINT "point_transactions_balance" CHECK ("balanceAfter" >= 0);

-- CreateCheck
-- ploy:manages check "point_transactions"."point_transactions_moves"
ALTER TABLE "point_transactions" ADD CONSTRAINT "point_transactions_moves" CHECK (points <> 0);

-- CreateCheck
-- ploy:manages check "referral_codes"."referral_codes_uses"
ALTER TABLE "referral_codes" ADD CONSTRAINT "referral_codes_uses" CHECK (uses >= 0 AND uses <= "maxUses");

-- CreateCheck
-- ploy:manages check "referral_rewards"."referral_rewards_points"
ALTER TABLE "referral_rewards" ADD CONSTRAINT "referral_rewards_points" CHECK ("referrerPoints" >= 0 AND "referredPoints" >= 0);

-- CreateCheck
-- ploy:manages check "reward_inventory"."reward_inventory_counts"
ALTER TABLE "reward_inventory" ADD CONSTRAINT "reward_inventory_counts" CHECK (reserved >= 0 AND redeemed >= 0 AND reserved + redeemed <= total);

-- CreateCheck
-- ploy:manages check "reward_redemptions"."reward_redemptions_points"
ALTER TABLE "reward_redemptions" ADD CONSTRAINT "reward_redemptions_points" CHECK ("pointsSpent" >= 0);

-- CreateCheck
-- ploy:manages check "rewards"."rewards_cost"
ALTER TABLE "rewards" ADD CONSTRAINT "rewards_cost" CHECK ("pointsCost" > 0 AND "cashValue" >= 0);

-- CreateCheck
-- ploy:manages check "subscription_plans"."subscription_plans_price"
ALTER TABLE "subscription_plans" ADD CONSTRAINT "subscription_plans_price" CHECK (price >= 0);

-- CreateCheck
-- ploy:manages check "subscriptions"."subscriptions_quantity"
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_quantity" CHECK (quantity > 0);

-- CreateIndex
-- ploy:manages index "businesses"."businesses_slug_key"
CREATE UNIQUE INDEX "businesses_slug_key" ON "businesses" USING btree ("slug") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "customer_segments"."customer_segments_businessId_name_key"
CREATE UNIQUE INDEX "customer_segments_businessId_name_key" ON "customer_segments" USING btree ("businessId", "name") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "customers"."customers_businessId_externalId_key"
CREATE UNIQUE INDEX "customers_businessId_externalId_key" ON "customers" USING btree ("businessId", "externalId") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "customers"."customers_email_businessId_key"
CREATE UNIQUE INDEX "customers_email_businessId_key" ON "customers" USING btree ("email", "businessId") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "customers"."customers_lower_email_idx"
CREATE INDEX "customers_lower_email_idx" ON "customers" USING btree ((lower(email))) WHERE ("deletedAt" IS NULL);

-- CreateIndex
-- ploy:manages index "loyalty_programs"."loyalty_programs_businessId_name_key"
CREATE UNIQUE INDEX "loyalty_programs_businessId_name_key" ON "loyalty_programs" USING btree ("businessId", "name") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "partners"."partners_businessId_name_key"
CREATE UNIQUE INDEX "partners_businessId_name_key" ON "partners" USING btree ("businessId", "name") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "point_transactions"."point_transactions_open_idx"
CREATE INDEX "point_transactions_open_idx" ON "point_transactions" USING btree ("customerId", "expiresAt") INCLUDE ("points") WHERE ("expiresAt" IS NOT NULL AND points > 0);

-- CreateIndex
-- ploy:manages index "program_statistics"."program_statistics_business_idx"
CREATE INDEX "program_statistics_business_idx" ON "program_statistics" ("businessId");

-- CreateIndex
-- ploy:manages index "program_statistics"."program_statistics_pkey"
CREATE UNIQUE INDEX "program_statistics_pkey" ON "program_statistics" ("programId");

-- CreateIndex
-- ploy:manages index "referral_codes"."referral_codes_businessId_code_key"
CREATE UNIQUE INDEX "referral_codes_businessId_code_key" ON "referral_codes" USING btree ("businessId", "code") WHERE "deletedAt" IS NULL;

-- CreateIndex
-- ploy:manages index "users"."users_email_key"
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree ("email") WHERE "deletedAt" IS NULL;

-- CreateView
-- ploy:manages view "current_program_statistics"
CREATE VIEW current_program_statistics WITH (security_barrier) AS
SELECT * FROM program_statistics
WHERE "businessId" = NULLIF(current_setting('app.current_business_id', true), '');

-- CreateTrigger
-- ploy:manages trigger "point_transactions"."point_transactions_are_final"
CREATE TRIGGER point_transactions_are_final BEFORE UPDATE OR DELETE ON point_transactions
  FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();

-- CreateRowSecurity
-- ploy:manages rls "customer_activities"
ALTER TABLE "customer_activities" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "customer_segments"
ALTER TABLE "customer_segments" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "customers"
ALTER TABLE "customers" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "invoices"
ALTER TABLE "invoices" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "loyalty_programs"
ALTER TABLE "loyalty_programs" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "loyalty_tiers"
ALTER TABLE "loyalty_tiers" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "nft_tokens"
ALTER TABLE "nft_tokens" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "partner_integrations"
ALTER TABLE "partner_integrations" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "partner_revenues"
ALTER TABLE "partner_revenues" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "partners"
ALTER TABLE "partners" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "point_transactions"
ALTER TABLE "point_transactions" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "referral_codes"
ALTER TABLE "referral_codes" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "referral_rewards"
ALTER TABLE "referral_rewards" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "reward_inventory"
ALTER TABLE "reward_inventory" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "reward_redemptions"
ALTER TABLE "reward_redemptions" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "rewards"
ALTER TABLE "rewards" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "smart_contracts"
ALTER TABLE "smart_contracts" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "subscriptions"
ALTER TABLE "subscriptions" ENABLE ROW LEVEL SECURITY;

-- CreateRowSecurity
-- ploy:manages rls "wallets"
ALTER TABLE "wallets" ENABLE ROW LEVEL SECURITY;

-- CreatePolicy
-- ploy:manages policy "customer_activities"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "customer_activities" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "customer_segments"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "customer_segments" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "customers"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "customers" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "invoices"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "invoices" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "loyalty_programs"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "loyalty_programs" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "loyalty_tiers"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "loyalty_tiers" AS PERMISSIVE FOR ALL TO PUBLIC USING (EXISTS (SELECT FROM loyalty_programs p WHERE p.id = "programId"));

-- CreatePolicy
-- ploy:manages policy "nft_tokens"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "nft_tokens" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "partner_integrations"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "partner_integrations" AS PERMISSIVE FOR ALL TO PUBLIC USING (EXISTS (SELECT FROM partners p WHERE p.id = "partnerId"));

-- CreatePolicy
-- ploy:manages policy "partner_revenues"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "partner_revenues" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "partners"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "partners" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "point_transactions"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "point_transactions" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "referral_codes"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "referral_codes" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "referral_rewards"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "referral_rewards" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "reward_inventory"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "reward_inventory" AS PERMISSIVE FOR ALL TO PUBLIC USING (EXISTS (SELECT FROM rewards r WHERE r.id = "rewardId"));

-- CreatePolicy
-- ploy:manages policy "reward_redemptions"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "reward_redemptions" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "rewards"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "rewards" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "smart_contracts"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "smart_contracts" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "subscriptions"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "subscriptions" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreatePolicy
-- ploy:manages policy "wallets"."tenant_isolation"
CREATE POLICY "tenant_isolation" ON "wallets" AS PERMISSIVE FOR ALL TO PUBLIC USING ("businessId" = NULLIF(current_setting('app.current_business_id', true), '')) WITH CHECK ("businessId" = NULLIF(current_setting('app.current_business_id', true), ''));

-- CreateTableComment
-- ploy:manages table comment "accounts"
COMMENT ON TABLE "accounts" IS 'An identity at an OAuth provider that signs a user in.';

-- CreateTableComment
-- ploy:manages table comment "businesses"
COMMENT ON TABLE "businesses" IS 'A tenant: everything that names a `businessId` belongs to one of these and is seen by no other.';

-- CreateTableComment
-- ploy:manages table comment "customer_activities"
COMMENT ON TABLE "customer_activities" IS 'What a customer did. Written once, never changed.';

-- CreateTableComment
-- ploy:manages table comment "customer_segments"
COMMENT ON TABLE "customer_segments" IS 'A group of customers, chosen by hand or by the rules in `criteria`.';

-- CreateTableComment
-- ploy:manages table comment "customers"
COMMENT ON TABLE "customers" IS 'A member of a business''s loyalty programs. The same person at two businesses is two customers.';

-- CreateTableComment
-- ploy:manages table comment "loyalty_programs"
COMMENT ON TABLE "loyalty_programs" IS 'How a business rewards its customers. Points are decimals: half points are common.';

-- CreateTableComment
-- ploy:manages table comment "loyalty_tiers"
COMMENT ON TABLE "loyalty_tiers" IS 'A step of a program, reached with `minPoints`.';

-- CreateTableComment
-- ploy:manages table comment "nft_tokens"
COMMENT ON TABLE "nft_tokens" IS 'A reward or badge as a token on a chain.';

-- CreateTableComment
-- ploy:manages table comment "partner_integrations"
COMMENT ON TABLE "partner_integrations" IS 'A connection to a partner''s system. Secrets lie in the vault; this row only names them.';

-- CreateTableComment
-- ploy:manages table comment "partner_revenues"
COMMENT ON TABLE "partner_revenues" IS 'What a partner earned in a period. One row for each partner, period and currency.';

-- CreateTableComment
-- ploy:manages table comment "partners"
COMMENT ON TABLE "partners" IS 'Another company that gives rewards, brings customers or sells its goods through a business.';

-- CreateTableComment
-- ploy:manages table comment "permissions"
COMMENT ON TABLE "permissions" IS 'What may be done to what, such as `rewards` and `write`.';

-- CreateTableComment
-- ploy:manages table comment "point_transactions"
COMMENT ON TABLE "point_transactions" IS 'A movement of a balance: the ledger. Rows are added, never changed; a mistake is put right by another row.';

-- CreateTableComment
-- ploy:manages table comment "referral_codes"
COMMENT ON TABLE "referral_codes" IS 'What a customer passes on to friends.';

-- CreateTableComment
-- ploy:manages table comment "referral_rewards"
COMMENT ON TABLE "referral_rewards" IS 'A customer who came by a code, and what both sides got for it. Nobody can be referred twice.';

-- CreateTableComment
-- ploy:manages table comment "reward_inventory"
COMMENT ON TABLE "reward_inventory" IS 'How many of a reward are left. One row for each reward that can run out.';

-- CreateTableComment
-- ploy:manages table comment "rewards"
COMMENT ON TABLE "rewards" IS 'What points buy.';

-- CreateTableComment
-- ploy:manages table comment "roles"
COMMENT ON TABLE "roles" IS 'A named set of permissions. Roles without a business are the platform''s own.';

-- CreateTableComment
-- ploy:manages table comment "subscription_plans"
COMMENT ON TABLE "subscription_plans" IS 'What a business can subscribe to. Plans are the platform''s, so they carry no `businessId`.';

-- CreateTableComment
-- ploy:manages table comment "users"
COMMENT ON TABLE "users" IS 'A person who signs in: staff of a business, or of the platform where no business is named.';

-- CreateTableComment
-- ploy:manages table comment "wallets"
COMMENT ON TABLE "wallets" IS 'An address that belongs to a customer, or to a user who signs for the business.';
