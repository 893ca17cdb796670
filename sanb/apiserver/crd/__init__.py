"""Custom resources: what CustomResourceDefinitions say, and what the server does with objects of their kinds."""
