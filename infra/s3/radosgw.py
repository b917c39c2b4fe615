"""A real S3 server on this machine: Ceph's radosgw, one monitor, one store, from unpacked Debian packages.

`install.sh` unpacks them. Nothing is installed in the system, no root is needed, ports are free ones of the
loopback interface. Data lies in a folder and outlives the server; the first start makes it (17 s on two
cores).

    with radosgw(Path(".foundry/s3/radosgw"), Path("data")) as server:
        server.address, server.access_key, server.secret_key
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

START_S = 120.0
_LIBRARIES = ("usr/lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu/ceph", "lib/x86_64-linux-gnu")
_CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_2},v1:127.0.0.1:{mon_1}]
mon initial members = a
run dir = {data}
admin socket = {data}/$name.asok
log file = {data}/$name.log
pid file = {data}/$name.pid
mon data = {data}/mon
osd data = {data}/osd
mon cluster log file = {data}/cluster.log
plugin dir = {root}/usr/lib/x86_64-linux-gnu/ceph
erasure code dir = {root}/usr/lib/x86_64-linux-gnu/ceph/erasure-code
osd class dir = {root}/usr/lib/x86_64-linux-gnu/rados-classes
compressor dir = {root}/usr/lib/x86_64-linux-gnu/ceph/compressor
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail crit = 1
mon pg warn min per osd = 0
mon max pg per osd = 2000
ms bind ipv6 = false
public network = 127.0.0.0/8
osd objectstore = bluestore
bluestore block size = 8589934592
bluestore block db create = false
bluestore block wal create = false
bluestore fsck on mount = false
osd memory target = 939524096
osd max object name len = 256
keyring = {data}/keyring
crash dir = {data}/crash
[mon.a]
mon addr = 127.0.0.1
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw dns name = 127.0.0.1
rgw data = {data}/rgw
keyring = {data}/keyring
rgw enable usage log = false
"""


class NoServer(Exception):
    """It cannot be started here; the message says why."""


@dataclass(slots=True)
class Radosgw:
    """A running server."""

    unpacked: Path
    """Folder of the unpacked packages."""
    data: Path
    port: int
    access_key: str = "accesskey1"
    secret_key: str = "secretkey123"
    user: str = "t"
    running: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        """For AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.port}"

    def admin(self, *words: str) -> str:
        """What `radosgw-admin` says: users, quotas, suspension."""
        return self._run("radosgw-admin", "-n", "client.rgw", *words)

    def start(self) -> None:
        """Start monitor, store and gateway, and wait until it answers.

        Raises:
            NoServer: one of them ends, or it does not answer in time.
        """
        new = not (self.data / "ceph.conf").exists()
        if new:
            self._make()
        self._begin("ceph-mon", "-i", "a", "-f")
        if new:
            self._make_store()
        self._begin("ceph-osd", "-i", "0", "--keyring", str(self.data / "osd/keyring"), "-f")
        if new:
            keys = ["--access-key", self.access_key, "--secret-key", self.secret_key]
            self.admin("user", "create", f"--uid={self.user}", f"--display-name={self.user}", *keys)
        self._begin("radosgw", "-n", "client.rgw", "-f")
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; with SIGKILL as a power cut of the server would, but for what the kernel still holds."""
        for process in reversed(self.running):
            process.send_signal(how)
        for process in self.running:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def _environment(self) -> dict[str, str]:
        root = self.unpacked / "root"
        return {
            **os.environ,
            "LD_LIBRARY_PATH": ":".join(str(root / each) for each in _LIBRARIES),
            "PATH": f"{root}/usr/bin:/usr/bin:/bin",
            "CEPH_CONF": str(self.data / "ceph.conf"),
            "PYTHONPATH": str(root / "usr/lib/python3/dist-packages"),
        }

    def _run(self, program: str, *words: str, check: bool = True) -> str:
        path = self.unpacked / "root/usr/bin" / program
        command = ["/usr/bin/python3", str(path)] if program == "ceph" else [str(path)]
        if program not in ("monmaptool", "ceph-authtool"):
            command += ["-c", str(self.data / "ceph.conf")]
        done = subprocess.run(
            [*command, *words],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        if check and done.returncode:
            raise NoServer(f"{program} {' '.join(words[:2])}: {(done.stderr or done.stdout).strip()[-300:]}")
        return done.stdout

    def _begin(self, program: str, *words: str) -> None:
        path = self.unpacked / "root/usr/bin" / program
        with (self.data / f"{program}.out").open("wb") as out:
            self.running.append(
                subprocess.Popen(
                    [str(path), "-c", str(self.data / "ceph.conf"), *words],
                    env=self._environment(),
                    stdout=out,
                    stderr=subprocess.STDOUT,
                )
            )

    def _make(self) -> None:
        for name in ("osd", "rgw", "crash"):
            (self.data / name).mkdir(parents=True, exist_ok=True)
        fsid, keyring = str(uuid.uuid4()), str(self.data / "keyring")
        mon_2, mon_1 = _free_port(), _free_port()
        configuration = _CONFIGURATION.format(
            fsid=fsid, mon_2=mon_2, mon_1=mon_1, port=self.port, data=self.data, root=self.unpacked / "root"
        )
        (self.data / "ceph.conf").write_text(configuration)
        every = ["--cap", "mon", "allow *"]
        self._run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", *every)
        for name in ("client.admin", "client.rgw"):
            self._run("ceph-authtool", keyring, "--gen-key", "-n", name, *every, "--cap", "osd", "allow *")
        monmap, monitors = str(self.data / "monmap"), f"[v2:127.0.0.1:{mon_2},v1:127.0.0.1:{mon_1}]"
        self._run("monmaptool", "--create", "--addv", "a", monitors, "--fsid", fsid, monmap)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)

    def _make_store(self) -> None:
        keyring = str(self.data / "osd/keyring")
        self._run("ceph", "osd", "new", str(uuid.uuid4()))
        known = json.loads(self._run("ceph", "osd", "dump", "-f", "json"))["osds"][0]["uuid"]
        made = ["--no-mon-config", "--mkfs", "--mkkey", "--keyring", keyring, "--osd-uuid", known]
        self._run("ceph-osd", "-i", "0", *made)
        self._run("ceph", "auth", "add", "osd.0", "mon", "allow profile osd", "osd", "allow *", "-i", keyring)

    def _wait(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            ended = [each for each in self.running if each.poll() is not None]
            if ended:
                program = Path(str(ended[0].args[0])).name  # type: ignore[index]
                said = (self.data / f"{program}.out").read_text(errors="replace").strip()
                raise NoServer(f"{program} ended with {ended[0].returncode}: {said[-300:]}")
            try:
                urllib.request.urlopen(self.address, timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise NoServer(f"radosgw did not answer within {START_S:.0f} s")


@contextmanager
def radosgw(unpacked: Path, data: Path) -> Iterator[Radosgw]:
    """A server that ends with the block; its data stay in the folder.

    Raises:
        NoServer: the packages are not there, or it does not start.
    """
    if not (unpacked / ".complete").exists():
        missing = unpacked / ".missing"
        why = missing.read_text().strip() if missing.exists() else "run infra/s3/install.sh"
        raise NoServer(f"radosgw is not installed: {why}")
    server = Radosgw(unpacked.absolute(), data.absolute(), _free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
