-- Which runs are not independent, and count together: those of one group. Blocks that train the same
-- configurations, because one repeats the other with other seeds, are one group.
CREATE OR REPLACE VIEW together AS
SELECT run_id, ${group} AS "group"
FROM run
LEFT JOIN (
    SELECT block_id, md5(string_agg(config_id, ' ' ORDER BY config_id)) AS configurations
    FROM run
    WHERE block_id IS NOT NULL
    GROUP BY block_id
) USING (block_id);
