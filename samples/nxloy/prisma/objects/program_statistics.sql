-- What each program moves: refreshed by a job, read by dashboards.
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

-- Without it, REFRESH MATERIALIZED VIEW CONCURRENTLY refuses.
CREATE UNIQUE INDEX program_statistics_pkey ON program_statistics ("programId");

CREATE INDEX program_statistics_business_idx ON program_statistics ("businessId");

-- A materialized view holds the rows of all tenants and has no policies: applications read this view instead.
CREATE VIEW current_program_statistics WITH (security_barrier) AS
SELECT * FROM program_statistics
WHERE "businessId" = NULLIF(current_setting('app.current_business_id', true), '');

CREATE FUNCTION refresh_program_statistics() RETURNS void LANGUAGE sql AS $$
  REFRESH MATERIALIZED VIEW CONCURRENTLY program_statistics;
$$;
