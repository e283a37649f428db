-- The best run on each data set; among equals the one whose id comes first.
SELECT dataset, position, raw
FROM scored
WHERE raw IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY dataset ORDER BY percentile DESC, position) = 1
ORDER BY dataset;
