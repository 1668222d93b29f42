"""The image sandbox.slipway.dev/ticker:1: prints a line a second; its first argument says how many seconds it lives, else for ever."""

import itertools
import sys
import time

if __name__ == "__main__":
    last = int(sys.argv[1]) if sys.argv[1:] else None
    for number in itertools.count(1):
        print(f"tick {number}", flush=True)
        if number == last:
            break
        time.sleep(1)
