-- One row a data set that has runs, the easiest first. Difficulty is 1 - (median - chance) /
-- (perfect - chance): 0 if half of the runs are perfect, 1 if half of them only guess. A diverged
-- run counts as guessing in the median.
WITH per_dataset AS (
    SELECT scored.dataset,
           count(*) AS runs,
           count(*) FILTER (status = 'completed') AS completed,
           count(*) FILTER (status = 'diverged') AS diverged,
           median(coalesce(raw, chance)) AS median,
           CASE WHEN any_value(direction) = 'maximize' THEN max(raw) ELSE min(raw) END AS best,
           CASE WHEN any_value(direction) = 'maximize' THEN 1 ELSE 0 END AS perfect
    FROM scored JOIN dataset ON dataset.name = scored.dataset, study
    GROUP BY scored.dataset
)
SELECT name, label, source, classes, chance, train_size, test_size, runs, completed, diverged,
       (SELECT count(*) FROM run WHERE run.dataset = name AND status = 'failed') AS failed,
       median, best,
       1 - (median - chance) / nullif(perfect - chance, 0) AS difficulty
FROM per_dataset JOIN dataset ON dataset.name = per_dataset.dataset
ORDER BY difficulty NULLS LAST, name;
