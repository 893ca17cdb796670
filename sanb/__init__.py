"""sanb: the part of Kubernetes that gives programs an identity, simulated."""
