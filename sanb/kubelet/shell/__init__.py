"""Commands in containers.

`execute` runs one program, or a shell with simple commands, pipes, `&&`, `||`, `;`, variables, `$(...)` and patterns.
Nothing can be written: the files of a container are what its Pod and the kubelet make them.
"""

from sanb.kubelet.shell.execute import ExecError, execute, opened
from sanb.kubelet.shell.machine import SHELLS, Done, Shell

__all__ = ["SHELLS", "Done", "ExecError", "Shell", "execute", "opened"]
