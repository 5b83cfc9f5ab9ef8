"""The data plane: files, fine-tuning jobs, models and calls, on legacy and v1 paths."""
