"""DBOS, which runs workflows step by step and takes them up again after a crash."""
