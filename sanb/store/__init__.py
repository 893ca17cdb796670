"""Objects and revisions; knows nothing of Kubernetes' behaviour."""
