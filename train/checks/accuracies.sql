-- Accuracies are shares of the images they were measured on, and there if the run completed.
SELECT run_id || ' (' || status || ') has a test accuracy of '
       || coalesce(test_accuracy::VARCHAR, 'nothing')
FROM run
JOIN dataset ON run.dataset = dataset.name
WHERE CASE
    WHEN status <> 'completed' THEN test_accuracy IS NOT NULL
    WHEN test_accuracy IS NULL OR validation_accuracy IS NULL OR train_accuracy IS NULL THEN true
    ELSE NOT test_accuracy BETWEEN 0 AND 1
         OR abs(test_accuracy * test_size - round(test_accuracy * test_size)) > 1e-6
END
ORDER BY run_id;
