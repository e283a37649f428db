-- Every data set with runs has images whose checksum a sweep recorded, with how many it used.
WITH sweep AS (
    SELECT unnest(json_transform(provenance, '["JSON"]')) AS content
    FROM study
)
SELECT DISTINCT run.dataset || ' is not in what the sweeps recorded, or with other images'
FROM run
JOIN dataset ON run.dataset = dataset.name
WHERE NOT EXISTS (
    FROM sweep
    WHERE (content -> 'datasets') ->> run.dataset = dataset.checksum
      AND (content -> 'train_sizes') ->> run.dataset IS NOT NULL
      AND (content ->> 'seed') IS NOT NULL AND (content ->> 'versions') IS NOT NULL
)
ORDER BY ALL;
