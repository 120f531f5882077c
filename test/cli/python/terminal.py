"""Runs a command on a pseudo-terminal, types what a person would, and prints what the screen was sent, as JSON.

Parameter: {"argv": [...], "env": {...}, "columns": 100, "rows": 30, "steps": [[pattern, keys], ...], "deadline": 30}
Each step waits for its pattern in what came since the step before, and then types its keys.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

job = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvpe(job["argv"][0], job["argv"], job["env"])

fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", job["rows"], job["columns"], 0, 0))
end = time.monotonic() + job["deadline"]
steps = list(job["steps"])
screen = ""
mark = 0
late = False
while True:
    if time.monotonic() > end:
        late = True
        os.kill(child, signal.SIGKILL)
        break
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the other end has closed
            break
        if not chunk:
            break
        screen += chunk.decode("utf-8", "replace")
    if steps:
        found = re.search(steps[0][0], screen[mark:])
        if found:
            mark += found.end()
            os.write(terminal, steps.pop(0)[1].encode())
_, status = os.waitpid(child, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "screen": screen, "late": late, "left": len(steps)}))
