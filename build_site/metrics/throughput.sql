-- How fast the runs were trained, on each kind of device. The times are those that a sweep records:
-- when a block began, in whole seconds, and each run's share of the time that its block took.
-- Runs that were trained as one computation began together and have the same share.
WITH trained AS (
    SELECT unnest($datasets::VARCHAR[]) AS dataset, unnest($images::BIGINT[]) AS images
),
computed AS (
    SELECT device, dataset, epoch(started_at) AS begins,
           begins + count(*) * max(seconds) AS ends,
           count(*) AS runs, CASE WHEN count(epochs) = count(*) THEN sum(epochs) END AS epochs
    FROM run
    WHERE device IS NOT NULL AND started_at IS NOT NULL AND seconds > 0 AND isfinite(seconds)
      AND isfinite(started_at)
    GROUP BY device, dataset, started_at, round(seconds, 6)
),
-- Computations that overlap in time follow each other without a pause: stretches of activity.
followed AS (
    SELECT *,
           coalesce(begins > max(ends) OVER (
               PARTITION BY device ORDER BY begins, ends
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ), true) AS is_after_pause
    FROM computed
),
stretched AS (
    SELECT *,
           sum(is_after_pause::INTEGER) OVER (PARTITION BY device ORDER BY begins, ends) AS stretch
    FROM followed
),
stretches AS (
    SELECT device, max(ends) - min(begins) AS seconds
    FROM stretched
    GROUP BY device, stretch
),
active AS (
    SELECT device, sum(seconds ORDER BY seconds) AS seconds
    FROM stretches
    GROUP BY device
)
SELECT device,
       sum(runs)::BIGINT AS runs,
       any_value(active.seconds)::DOUBLE AS active_seconds,
       sum(ends - begins ORDER BY begins, ends)::DOUBLE AS process_seconds,
       -- NULL if for some runs the epochs or the images are not known
       CASE WHEN count(epochs * images) = count(*) THEN sum(epochs * images)::BIGINT END AS images,
       strftime(make_timestamp((min(begins) * 1e6)::BIGINT), '%Y-%m-%d') AS first_day,
       strftime(make_timestamp((max(ends) * 1e6)::BIGINT), '%Y-%m-%d') AS last_day
FROM computed
JOIN active USING (device)
LEFT JOIN trained USING (dataset)
GROUP BY device
ORDER BY runs DESC, device;
