-- A configuration has one id, an id one configuration, and no run is there twice.
SELECT 'configuration ' || min(config_id) || ' and ' || max(config_id) || ' are both ' || setting
FROM setting
GROUP BY setting
HAVING count(DISTINCT config_id) > 1
UNION ALL
SELECT 'configuration ' || config_id || ' is ' || min(setting) || ' and ' || max(setting)
FROM setting
GROUP BY config_id
HAVING count(DISTINCT setting) > 1
UNION ALL
SELECT min(run_id) || ' and ' || max(run_id) || ' are one configuration with one seed'
FROM run
GROUP BY dataset, config_id, seed
HAVING count(*) > 1
ORDER BY ALL;
