"""Reads what people wrote: documents that know their lines, then specs, then what is desired."""
