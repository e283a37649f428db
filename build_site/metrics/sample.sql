-- Leaves table scored with a random sample of its runs, about $most: of each data set the same share,
-- but one run at least. Chance is a hash of the run's id, so that the same study has the same sample,
-- and a smaller one is part of a larger. What was computed of all runs stays: their percentile among
-- all. `place` is the position that a run had before.
CREATE TABLE sample AS
WITH drawn AS (
    SELECT *,
           row_number() OVER (PARTITION BY dataset ORDER BY md5_number_lower(run_id), run_id) AS turn,
           count(*) OVER (PARTITION BY dataset) AS runs
    FROM (SELECT position, dataset, run_id FROM scored)
), kept AS (
    SELECT position
    FROM drawn
    WHERE turn <= greatest(1, runs * ($most / (SELECT count(*) FROM scored)))
)
SELECT row_number() OVER (ORDER BY position) - 1 AS position,
       position AS place,
       scored.* EXCLUDE (position)
FROM scored SEMI JOIN kept USING (position)
ORDER BY position;

DROP TABLE scored;
ALTER TABLE sample RENAME TO scored;
