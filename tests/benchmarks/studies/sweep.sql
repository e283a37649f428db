-- A table as tools write it: $count runs of nine hyper-parameters on five data sets.
COPY (
    SELECT row AS run_id,
           'data set ' || (hash(row, 0) % 5) AS dataset,
           hash(row, 1) % 3 AS seed,
           CASE WHEN hash(row, 2) % 50 = 0 THEN 'failed' ELSE 'finished' END AS status,
           pow(10, -1 - 4 * (hash(row, 3) % 100000) / 1e5) AS learning_rate,
           pow(2, 4 + hash(row, 4) % 6)::INTEGER AS batch_size,
           ['adam', 'sgd', 'rmsprop', 'lion'][1 + (hash(row, 5) % 4)::INTEGER] AS optimizer,
           ['relu', 'elu', 'tanh', 'sigmoid'][1 + (hash(row, 6) % 4)::INTEGER] AS activation,
           (hash(row, 7) % 90000) / 1e5 AS dropout,
           1 + hash(row, 8) % 12 AS layers,
           ['none', 'weak', 'strong'][1 + (hash(row, 9) % 3)::INTEGER] AS augmentation,
           pow(10, -6 * (hash(row, 10) % 100000) / 1e5) AS weight_decay,
           hash(row, 11) % 2 = 0 AS nesterov,
           round(0.2 + 0.7 * (hash(row, 12) % 100000) / 1e5, 5) AS test_accuracy,
           round(10 + (hash(row, 13) % 1000) / 10, 2) AS seconds
    FROM range(getvariable('count')) AS numbers(row)
) TO 'TARGET' (HEADER);
