"""Measure answers on questions whose answers are known: files, records, figures, comparison, calibration."""
