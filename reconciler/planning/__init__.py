"""Decides what would happen, from values alone: no clock, network, file or environment."""
