-- NAS-Bench-201 (Dong & Yang, ICLR 2020) as a study: six operations, three data sets.
INSERT INTO study VALUES (
    1, 'nasbench201', 'NAS-Bench-201', 'All cells of a small search space.', 'test_accuracy',
    'Accuracy', 'maximize', TIMESTAMP '2020-01-01', '[]'
);
INSERT INTO parameter
SELECT place, 'Op' || place, 'Operation ' || (place + 1), 'categorical', 'linear',
       (SELECT list(DISTINCT Op0 ORDER BY Op0) FROM cells), NULL, NULL, ''
FROM range(6) AS places(place);
INSERT INTO dataset
SELECT dataset, dataset, classes, 1 / classes, NULL, NULL, NULL, 'NAS-Bench-201', NULL
FROM (VALUES ('CIFAR-10', 10), ('CIFAR-100', 100), ('ImageNet16-120', 120)) AS sets(dataset, classes);
INSERT INTO run BY NAME
SELECT md5(dataset || architecture || '/' || seed)[:16] AS run_id, architecture AS config_id,
       dataset, seed, 'completed' AS status, val_acc / 100 AS test_accuracy,
       train_time AS seconds, Op0, Op1, Op2, Op3, Op4, Op5
FROM cells
ORDER BY hash(run_id)
LIMIT $count;
