-- No two runs have the same course of the training loss: networks that train side by side do not mix.
WITH course AS (
    SELECT run_id, list(train_loss ORDER BY epoch) AS losses
    FROM epoch
    GROUP BY run_id
)
SELECT count(*) || ' runs on ' || dataset || ' have the same training losses, such as '
       || min(run_id) || ' and ' || max(run_id)
FROM run
JOIN course USING (run_id)
GROUP BY dataset, losses
HAVING count(*) > 1
ORDER BY ALL;
