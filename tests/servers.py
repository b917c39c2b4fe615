"""HTTP servers within a test's process."""

from http.server import ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """A thread a connection, however many come at once."""

    daemon_threads = True
    request_queue_size = 128
    """On a busy machine five connections wait to be taken at once, and the kernel drops the sixth."""
