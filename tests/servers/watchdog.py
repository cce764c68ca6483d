"""Clears up behind a server when the tests can't: they were killed, or the machine's memory ran out."""

import subprocess
from pathlib import Path

# Its input ends with the process that started it, whatever ended that; no signal and no thread is in play.
SCRIPT = r"""
read -r _
polls=0
pid=$(head -n 1 "$1/$2" 2>/dev/null)
case $pid in
'' | *[!0-9]*) ;;
*)
  kill -s "$3" "$pid"
  while [ -e "$1/$2" ] && [ $((polls += 1)) -lt 50 ]; do sleep 0.1; done
  ;;
esac
# Whoever still writes there ends when it finds its files gone.
until rm -rf "$1" && sleep 0.1 && [ ! -e "$1" ] || [ $((polls += 1)) -gt 60 ]; do sleep 0.1; done
"""


class Watchdog:
    """A process that outlives this one for a moment, to end a server and remove its directory.

    Args:
        directory: what is removed.
        pid_file: where in it the server writes its process id, and which it removes when it ends.
        signal: how the server is told to end at once, by the signal's short name.

    """

    def __init__(self, directory: Path, *, pid_file: str, signal: str) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "watchdog", str(directory), pid_file, signal],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # what is sent to the tests' whole group must not end it too
        )

    def dismiss(self) -> None:
        """End it without its doing anything."""
        self._process.kill()
        self._process.communicate()
