-- The runs of a block were trained together, and what is recorded of that is complete.
SELECT 'block ' || coalesce(block_id, 'without a name') || ' has runs on ' || count(DISTINCT dataset)
       || ' data sets, of ' || count(DISTINCT code_version) || ' versions of the program'
FROM run
GROUP BY block_id
HAVING count(DISTINCT dataset) > 1 OR count(DISTINCT code_version) > 1
    OR count(DISTINCT started_at) > 1 OR block_id IS NULL
UNION ALL
SELECT run_id || ' has no device, version, start or time'
FROM run
WHERE device IS NULL OR code_version IS NULL OR started_at IS NULL OR NOT coalesce(seconds > 0, false)
ORDER BY ALL;
