"""One function of an API runs at a time.

Packages read their tables at the first use, and few of them expect two threads to be the first: the event
loop that answers a call, and the thread that warms everything up. What they keep after such a race can be
half a table, for as long as the hub runs.
"""

import threading

turn = threading.RLock()
"""Held while a function of an API runs."""
