SELECT
  "person" AS "person",
  (CAST([NULL, NULL, '!no_rule_in_force', NULL, ''] AS ENUM('', '!no_rule_in_force')[]))["_row" + 5] AS "row",
  "_a_gross" AS "gross",
  "_a_offset" AS "offset",
  "_a_refund" AS "refund"
FROM (
  SELECT f.*,
    CASE WHEN "_row" < 0 THEN NULL ELSE greatest((CAST("_a_gross" AS BIGINT) - CAST("_a_offset" AS BIGINT)), CAST(0 AS BIGINT)) END AS "_a_refund"
  FROM (
    SELECT f.*,
      CASE
        WHEN "_row" < 0 THEN NULL
        WHEN "_variant" IN (1) AND ("scheme" = 'employee') THEN "credited"
        ELSE 0 END AS "_a_offset"
    FROM (
      SELECT f.*,
        CASE
          WHEN "_row" < 0 THEN NULL
          WHEN "_variant" IN (1) AND ("scheme" = 'employee') THEN ((2 * (CAST("paid" AS BIGINT) * CAST("overlap" AS BIGINT)) + CAST("months_covered" AS BIGINT)) // (2 * CAST("months_covered" AS BIGINT)))
          WHEN "retired" THEN (((CAST("paid" AS BIGINT) * "_p_rate") + 5000) // 10000)
          ELSE "paid" END AS "_a_gross"
      FROM (
        SELECT f.*,
          CASE WHEN "_variant" IS NULL THEN -2 ELSE 0 END AS "_row"
        FROM (
          SELECT f.*,
            s._variant AS "_variant",
            s._p1 AS "_p_rate"
          FROM facts AS f
          LEFT JOIN "spans" AS s ON f."place" = s."_region" AND f."applied_on" >= s."_from" AND f."applied_on" < s."_until"
        ) AS f
      ) AS f
    ) AS f
  ) AS f
) AS f
