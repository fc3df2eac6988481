SELECT
  "person" AS "person",
  (CAST([NULL, NULL, '!no_rule_in_force', NULL, NULL, 'R3', 'N1', 'N2', 'REST'] AS ENUM('R3', 'N1', 'N2', 'REST', '!no_rule_in_force')[]))["_row" + 5] AS "row",
  (CAST([NULL, NULL, NULL, NULL, NULL, 'refund', 'refund', 'no_refund', 'manual'] AS ENUM('refund', 'no_refund', 'manual')[]))["_row" + 5] AS "outcome",
  CASE
    WHEN "_row" = 1 THEN CAST(['record'] AS VARCHAR[])
    WHEN "_row" = 2 THEN CAST(['certificate'] AS VARCHAR[])
    WHEN "_row" IN (3, 4) THEN CAST([] AS VARCHAR[]) END AS "evidence",
  CASE WHEN "_row" = 1 THEN make_date((((CAST(year("applied_on") AS BIGINT) * 12 + month("applied_on") - 1) + CAST(2 AS BIGINT) - 1) // 12), (((CAST(year("applied_on") AS BIGINT) * 12 + month("applied_on") - 1) + CAST(2 AS BIGINT) - 1) % 12 + 1), 1) END AS "earliest",
  CASE WHEN "_row" = 1 THEN "overlap" END AS "months"
FROM (
  SELECT f.*,
    CASE
      WHEN "_variant" IS NULL THEN -2
      WHEN "_variant" IN (1) AND (("reason" IN ('any', 'overlap')) AND ("scheme" = 'employee') AND ("overlap" > 0)) THEN 1
      WHEN (("scheme" = 'resident') AND (("died_on" IS NOT NULL) AND ("died_on" < "period_start"))) THEN 2
      WHEN ("reason" = 'wish') THEN 3
      ELSE 4 END AS "_row"
  FROM (
    SELECT f.*,
      s._variant AS "_variant"
    FROM facts AS f
    LEFT JOIN "spans" AS s ON f."place" = s."_region" AND f."applied_on" >= s."_from" AND f."applied_on" < s."_until"
  ) AS f
) AS f
