"""Clusters that outlive their process: one SQLite file, written before anybody is answered."""
