"""The only place that waits: looks, carries out what is ready, and looks again."""
