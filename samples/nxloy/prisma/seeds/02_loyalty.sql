-- Programs, customers and what they did, for two of the tenants.
INSERT INTO loyalty_programs (id, name, type, "pointsPerUnit", "pointValue", "expiryMonths", rules, "businessId", "updatedAt") VALUES
  ('prog_beans', 'Bean Counter', 'TIERED', 1.5000, 0.0100, 24, '{"doubleOn": ["monday"]}', 'biz_beans', now()),
  ('prog_glow', 'Glow Club', 'POINTS', 1.0000, 0.0200, NULL, '{}', 'biz_glow', now())
ON CONFLICT DO NOTHING;

INSERT INTO loyalty_tiers (id, name, rank, "minPoints", multiplier, benefits, color, "programId", "updatedAt") VALUES
  ('tier_regular', 'Regular', 1, 0, 1.00, ARRAY[]::text[], '#8b5a2b', 'prog_beans', now()),
  ('tier_roaster', 'Roaster', 2, 500, 1.50, ARRAY['free refill'], '#d4af37', 'prog_beans', now()),
  ('tier_glow', 'Member', 1, 0, 1.00, ARRAY[]::text[], NULL, 'prog_glow', now())
ON CONFLICT DO NOTHING;

INSERT INTO customers (id, email, "firstName", "lastName", tags, "lifetimeSpend", "externalId", "businessId", "currentTierId", "updatedAt") VALUES
  ('cus_mo', 'mo@example.com', 'Mo', 'Lind', ARRAY['vip'], 412.50, 'crm-1', 'biz_beans', 'tier_roaster', now()),
  ('cus_jo', 'jo@example.com', 'Jo', 'Park', ARRAY[]::text[], 18.00, NULL, 'biz_beans', 'tier_regular', now()),
  ('cus_mo_glow', 'mo@example.com', 'Mo', 'Lind', ARRAY['newsletter'], 90.00, 'crm-1', 'biz_glow', 'tier_glow', now()),
  ('cus_li_pages', 'li@example.com', 'Li', 'Okafor', ARRAY[]::text[], 0, NULL, 'biz_pages', NULL, now())
ON CONFLICT DO NOTHING;

INSERT INTO customer_segments (id, name, criteria, "isDynamic", "businessId", "updatedAt") VALUES
  ('seg_vip', 'VIP', '{"tags": ["vip"]}', true, 'biz_beans', now()), ('seg_news', 'Newsletter', NULL, false, 'biz_glow', now())
ON CONFLICT DO NOTHING;

INSERT INTO "_CustomerToCustomerSegment" ("A", "B") VALUES ('cus_mo', 'seg_vip'), ('cus_mo_glow', 'seg_news') ON CONFLICT DO NOTHING;

INSERT INTO customer_activities (id, type, "customerId", "businessId", amount, metadata, "occurredAt") OVERRIDING SYSTEM VALUE VALUES
  (1, 'SIGN_UP', 'cus_mo', 'biz_beans', NULL, NULL, '2026-02-01T09:00:00Z'), (2, 'PURCHASE', 'cus_mo', 'biz_beans', 412.50, '{"till": 3}', '2026-10-12T08:15:00Z'),
  (3, 'VISIT', 'cus_mo_glow', 'biz_glow', NULL, NULL, '2026-11-02T16:30:00Z')
ON CONFLICT DO NOTHING;

SELECT setval(pg_get_serial_sequence('customer_activities', 'id'), (SELECT max(id) FROM customer_activities));

INSERT INTO point_transactions (id, type, points, "balanceAfter", description, "idempotencyKey", "customerId", "programId", "businessId", "reversesId", "expiresAt", "createdAt") VALUES
  ('pt_1', 'EARN', 618.75, 618.75, 'Purchase', 'till-3-1', 'cus_mo', 'prog_beans', 'biz_beans', NULL, '2028-10-12', '2026-10-12T08:15:00Z'),
  ('pt_2', 'REDEEM', -200.00, 418.75, 'Free bag of beans', 'app-77', 'cus_mo', 'prog_beans', 'biz_beans', NULL, NULL, '2026-11-01T10:00:00Z'),
  ('pt_3', 'EARN', 27.00, 27.00, 'Purchase', 'till-1-9', 'cus_jo', 'prog_beans', 'biz_beans', NULL, '2028-11-03', '2026-11-03T10:00:00Z'),
  ('pt_4', 'ADJUST', -27.00, 0.00, 'Booked twice', NULL, 'cus_jo', 'prog_beans', 'biz_beans', 'pt_3', NULL, '2026-11-03T10:05:00Z'),
  ('pt_5', 'EARN', 90.00, 90.00, 'Treatment', 'till-1-1', 'cus_mo_glow', 'prog_glow', 'biz_glow', NULL, NULL, '2026-11-02T16:30:00Z')
ON CONFLICT DO NOTHING;

INSERT INTO partners (id, name, type, "contactEmail", "commissionRate", "businessId", "updatedAt") VALUES
  ('par_roast', 'Hill Roasters', 'SUPPLIER', 'ops@hill.example', 0.1250, 'biz_beans', now()), ('par_soap', 'Soap & Co', 'MERCHANT', NULL, 0.0500, 'biz_glow', now())
ON CONFLICT DO NOTHING;

INSERT INTO partner_integrations (id, provider, config, "secretRef", "partnerId", "updatedAt") VALUES
  ('7b0ff5b4-51a5-4b0e-9a55-0e4c9e3f2a11', 'SHOPIFY', '{"shop": "hill"}', 'vault:hill', 'par_roast', now())
ON CONFLICT DO NOTHING;

INSERT INTO partner_revenues ("partnerId", "periodStart", currency, "periodEnd", gross, commission, "businessId") VALUES
  ('par_roast', '2026-10-01', 'USD', '2026-10-31', 1200.00, 150.00, 'biz_beans'), ('par_soap', '2026-10-01', 'EUR', '2026-10-31', 80.00, 4.00, 'biz_glow')
ON CONFLICT DO NOTHING;

INSERT INTO rewards (id, name, type, "pointsCost", "cashValue", "programId", "businessId", "partnerId", "updatedAt") VALUES
  ('rew_bag', 'Bag of beans', 'FREE_PRODUCT', 200.00, 14.00, 'prog_beans', 'biz_beans', 'par_roast', now()),
  ('rew_badge', 'Founding guest', 'NFT', 50.00, NULL, 'prog_beans', 'biz_beans', NULL, now()),
  ('rew_mask', 'Face mask', 'DISCOUNT', 80.00, 5.00, 'prog_glow', 'biz_glow', 'par_soap', now())
ON CONFLICT DO NOTHING;

INSERT INTO reward_inventory ("rewardId", total, reserved, redeemed, "updatedAt") VALUES ('rew_bag', 50, 2, 1, now()), ('rew_mask', 10, 0, 0, now()) ON CONFLICT DO NOTHING;

INSERT INTO reward_redemptions (id, code, status, "pointsSpent", "rewardId", "customerId", "businessId", "approvedById", "redeemedAt", "fulfilledAt") VALUES
  ('red_1', 'BEAN-0001', 'FULFILLED', 200.00, 'rew_bag', 'cus_mo', 'biz_beans', 'user_ada', '2026-11-01T10:00:00Z', '2026-11-01T10:03:00Z')
ON CONFLICT DO NOTHING;

INSERT INTO referral_codes (id, code, "maxUses", uses, "customerId", "businessId") VALUES ('ref_mo', 'MO-FRIENDS', 10, 1, 'cus_mo', 'biz_beans') ON CONFLICT DO NOTHING;

INSERT INTO referral_rewards (id, status, "codeId", "referredId", "businessId", "referrerPoints", "referredPoints", "qualifiedAt") VALUES
  ('rr_jo', 'QUALIFIED', 'ref_mo', 'cus_jo', 'biz_beans', 50.00, 25.00, '2026-11-03T10:00:00Z')
ON CONFLICT DO NOTHING;

INSERT INTO wallets (id, network, address, "isPrimary", "customerId", "userId", "businessId", "verifiedAt") VALUES
  ('wal_mo', 'POLYGON', '0x00000000000000000000000000000000000000a1', true, 'cus_mo', NULL, 'biz_beans', '2026-11-01T12:00:00Z'),
  ('wal_ada', 'POLYGON', '0x00000000000000000000000000000000000000b2', true, NULL, 'user_ada', 'biz_beans', NULL)
ON CONFLICT DO NOTHING;

INSERT INTO smart_contracts (id, name, network, address, standard, abi, "deployedAt", "deployCost", "blockNumber", "businessId") VALUES
  ('con_badges', 'Bean badges', 'POLYGON', '0x00000000000000000000000000000000000000c3', 'ERC721', '[]', '2026-06-01', 21000000000000000, 57000000, 'biz_beans')
ON CONFLICT DO NOTHING;

INSERT INTO nft_tokens (id, "tokenId", status, metadata, "transactionHash", "contractId", "walletId", "customerId", "rewardId", "businessId", "mintedAt") VALUES
  ('nft_1', '115792089237316195423570985008687907853269984665640564039457584007913129639935', 'MINTED', '{"name": "Founding guest"}', '\x6869', 'con_badges', 'wal_mo', 'cus_mo', 'rew_badge', 'biz_beans', '2026-11-02')
ON CONFLICT DO NOTHING;

REFRESH MATERIALIZED VIEW program_statistics;
