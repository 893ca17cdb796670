"""The Lab: a cluster in the browser, to watch it reconcile and to make it go step by step.

One `Desk` per cluster knows what every panel was shown; panels are anywidgets that get differences by custom messages
and send commands, which are queued and applied in one place under the cluster's lock.
"""

from sanb.widgets.lab import Lab

__all__ = ["Lab"]
