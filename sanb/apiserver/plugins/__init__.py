"""Admission plugins, one file each; `chain.py` says which of them a minor has, and in which order."""
