-- Every run that ended, as numbers: its place in $datasets, which runs are not independent of it, and
-- which share its configuration.
SELECT list_position($datasets, scored.dataset) - 1 AS dataset,
       percentile::DOUBLE AS percentile,
       raw::DOUBLE AS raw,
       relative::DOUBLE AS relative,
       status = 'diverged' AS diverged,
       dense_rank() OVER (ORDER BY "group") - 1 AS block,
       dense_rank() OVER (ORDER BY scored.config_id) - 1 AS configuration
FROM scored
JOIN together USING (run_id)
ORDER BY position;
