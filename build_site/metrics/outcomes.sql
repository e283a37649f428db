-- Every run that ended, as numbers: its place in $datasets, which runs were drawn together with it
-- (a block; where none is recorded, the runs of its configuration), and which share its
-- configuration.
SELECT list_position($datasets, scored.dataset) - 1 AS dataset,
       percentile::DOUBLE AS percentile,
       raw::DOUBLE AS raw,
       relative::DOUBLE AS relative,
       status = 'diverged' AS diverged,
       dense_rank() OVER (ORDER BY coalesce(block_id, scored.config_id)) - 1 AS block,
       dense_rank() OVER (ORDER BY scored.config_id) - 1 AS configuration
FROM scored
JOIN (SELECT run_id, block_id FROM run) USING (run_id)
ORDER BY position;
