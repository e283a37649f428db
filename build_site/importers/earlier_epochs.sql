-- Of each run the last epoch, or the largest budget, counts.
INSERT INTO dropped
SELECT row, 'an earlier epoch, or smaller budget, of a run'
FROM chosen
WHERE run IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY file, run ORDER BY epoch DESC NULLS LAST, row DESC) > 1;
