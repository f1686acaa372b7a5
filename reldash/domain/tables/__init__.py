"""Frames and their CSV and JSON: matrices, history, comparisons, images, the audit log."""
