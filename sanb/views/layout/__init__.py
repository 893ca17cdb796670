"""Where objects stand in a picture: one deterministic layered layout for still pictures and interactive views."""

from sanb.views.layout.arrange import arrange
from sanb.views.layout.model import COUNTS, Box, Edge, Group, Item, Layout, Route, Sizes
from sanb.views.layout.scene import Scene, scene

__all__ = ["COUNTS", "Box", "Edge", "Group", "Item", "Layout", "Route", "Scene", "Sizes", "arrange", "scene"]
