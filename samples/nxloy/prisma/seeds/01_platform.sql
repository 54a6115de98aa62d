-- What the platform itself owns: plans, permissions and three tenants. Every file may be run again: rows that are there stay as they are.
INSERT INTO subscription_plans (id, code, name, price, currency, interval, "trialDays", "maxCustomers", features, "updatedAt") VALUES
  ('plan_starter', 'starter', 'Starter', 29.00, 'USD', 'MONTHLY', 14, 1000, ARRAY['points'], now()),
  ('plan_growth', 'growth', 'Growth', 99.00, 'USD', 'MONTHLY', 14, 20000, ARRAY['points', 'tiers', 'referrals'], now()),
  ('plan_chain', 'chain', 'Chain', 990.00, 'EUR', 'YEARLY', 30, NULL, ARRAY['points', 'tiers', 'referrals', 'nft'], now())
ON CONFLICT DO NOTHING;

INSERT INTO permissions (id, resource, action) VALUES
  ('perm_rewards_read', 'rewards', 'read'), ('perm_rewards_write', 'rewards', 'write'), ('perm_customers_read', 'customers', 'read'), ('perm_customers_write', 'customers', 'write')
ON CONFLICT DO NOTHING;

INSERT INTO businesses (id, name, slug, type, "countryCode", currency, timezone, settings, "updatedAt") VALUES
  ('biz_beans', 'Corner Beans', 'corner-beans', 'RESTAURANT', 'US', 'USD', 'America/New_York', '{"theme": "dark"}', now()),
  ('biz_glow', 'Glow Studio', 'glow-studio', 'HEALTH_AND_BEAUTY', 'DE', 'EUR', 'Europe/Berlin', '{}', now()),
  ('biz_pages', 'Turning Pages', 'turning-pages', 'RETAIL', 'GB', 'GBP', 'Europe/London', '{}', now())
ON CONFLICT DO NOTHING;

-- Closed last year: its slug is free again, which is what the filtered unique index is for.
INSERT INTO businesses (id, name, slug, type, "updatedAt", "deletedAt") VALUES
  ('biz_gone', 'Corner Beans (closed)', 'corner-beans', 'RESTAURANT', now(), '2026-01-31T00:00:00Z')
ON CONFLICT DO NOTHING;

INSERT INTO users (id, email, name, "businessId", "emailVerified", "updatedAt") VALUES
  ('user_root', 'root@nxloy.example', 'Platform', NULL, now(), now()),
  ('user_ada', 'ada@corner-beans.example', 'Ada Brewer', 'biz_beans', now(), now()),
  ('user_gil', 'gil@glow.example', 'Gil Schein', 'biz_glow', now(), now()),
  ('user_pia', 'pia@pages.example', 'Pia Reed', 'biz_pages', NULL, now())
ON CONFLICT DO NOTHING;

INSERT INTO accounts (id, "userId", type, provider, "providerAccountId") VALUES ('acc_ada', 'user_ada', 'oauth', 'google', '1122334455') ON CONFLICT DO NOTHING;

INSERT INTO sessions (id, "sessionToken", "userId", "ipAddress", expires) VALUES
  ('ses_ada', 'not-a-real-token', 'user_ada', '192.0.2.10', now() + interval '30 days')
ON CONFLICT DO NOTHING;

INSERT INTO roles (id, name, "isSystem", "businessId", "updatedAt") VALUES
  ('role_admin', 'platform-admin', true, NULL, now()), ('role_beans_manager', 'manager', false, 'biz_beans', now()), ('role_glow_manager', 'manager', false, 'biz_glow', now())
ON CONFLICT DO NOTHING;

INSERT INTO "_PermissionToRole" ("A", "B") VALUES
  ('perm_rewards_read', 'role_beans_manager'), ('perm_rewards_write', 'role_beans_manager'), ('perm_customers_read', 'role_glow_manager')
ON CONFLICT DO NOTHING;

INSERT INTO "_RoleToUser" ("A", "B") VALUES ('role_admin', 'user_root'), ('role_beans_manager', 'user_ada'), ('role_glow_manager', 'user_gil') ON CONFLICT DO NOTHING;

INSERT INTO subscriptions (id, status, "businessId", "planId", "currentPeriodStart", "currentPeriodEnd", stripe_id, "updatedAt") VALUES
  ('sub_beans', 'ACTIVE', 'biz_beans', 'plan_growth', '2026-11-01', '2026-12-01', 'sub_stripe_1', now()),
  ('sub_glow', 'TRIALING', 'biz_glow', 'plan_starter', '2026-11-10', '2026-11-24', NULL, now()),
  ('sub_pages', 'ACTIVE', 'biz_pages', 'plan_chain', '2026-03-01', '2027-03-01', 'sub_stripe_2', now())
ON CONFLICT DO NOTHING;

INSERT INTO invoices (id, number, status, subtotal, tax, total, currency, lines, "businessId", "subscriptionId", "issuedOn", "dueOn", "paidAt", "updatedAt") VALUES
  ('inv_beans_1', 1, 'PAID', 99.00, 8.79, 107.79, 'USD', '[{"plan": "growth", "quantity": 1}]', 'biz_beans', 'sub_beans', '2026-11-01', '2026-11-15', '2026-11-03', now()),
  ('inv_beans_2', 2, 'DRAFT', 99.00, 8.79, 107.79, 'USD', '[]', 'biz_beans', 'sub_beans', NULL, NULL, NULL, now()),
  ('inv_pages_1', 1, 'OPEN', 990.00, 198.00, 1188.00, 'EUR', '[]', 'biz_pages', 'sub_pages', '2026-03-01', '2026-03-31', NULL, now())
ON CONFLICT DO NOTHING;
