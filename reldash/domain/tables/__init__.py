"""Data frames, CSV and JSON of matrices, history, comparisons, image searches, the audit log.

`csv_text` writes CSV that no spreadsheet reads as formulas.
"""
