SELECT
  `person` AS `person`,
  CASE
    WHEN `_row` = 1 THEN 'R3'
    WHEN `_row` = 2 THEN 'N1'
    WHEN `_row` = 3 THEN 'N2'
    WHEN `_row` = 4 THEN 'REST'
    WHEN `_row` = -2 THEN '!no_rule_in_force' END AS `row`,
  CASE
    WHEN `_row` IN (1, 2) THEN 'refund'
    WHEN `_row` = 3 THEN 'no_refund'
    WHEN `_row` = 4 THEN 'manual' END AS `outcome`,
  CASE
    WHEN `_row` = 1 THEN CAST(array('record') AS ARRAY<STRING>)
    WHEN `_row` = 2 THEN CAST(array('certificate') AS ARRAY<STRING>)
    WHEN `_row` IN (3, 4) THEN CAST(array() AS ARRAY<STRING>) END AS `evidence`,
  CASE WHEN `_row` = 1 THEN make_date(CAST((((CAST(year(`applied_on`) AS BIGINT) * 12 + month(`applied_on`) - 1) + CAST(2 AS BIGINT) - 1) DIV 12) AS INT), CAST((((CAST(year(`applied_on`) AS BIGINT) * 12 + month(`applied_on`) - 1) + CAST(2 AS BIGINT) - 1) % 12 + 1) AS INT), CAST(1 AS INT)) END AS `earliest`,
  CASE WHEN `_row` = 1 THEN `overlap` END AS `months`
FROM (
  SELECT f.*,
    CASE
      WHEN `_variant` IS NULL THEN -2
      WHEN `_variant` IN (1) AND ((`reason` IN ('any', 'overlap')) AND (`scheme` = 'employee') AND (`overlap` > 0)) THEN 1
      WHEN ((`scheme` = 'resident') AND ((`died_on` IS NOT NULL) AND (`died_on` < `period_start`))) THEN 2
      WHEN (`reason` = 'wish') THEN 3
      ELSE 4 END AS `_row`
  FROM (
    SELECT f.*,
      s._variant AS `_variant`
    FROM facts AS f
    LEFT JOIN `spans` AS s ON f.`place` = s.`_region` AND f.`applied_on` >= s.`_from` AND f.`applied_on` < s.`_until`
  ) AS f
) AS f
