"""Manifests written for this project."""
