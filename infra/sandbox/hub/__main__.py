"""``python -m infra.sandbox.hub``: starts the marketplace."""

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.sandbox.hub.app import create_app
from infra.sandbox.hub.catalogue import load_catalogue
from infra.sandbox.hub.clock import EPOCH, read_moment, shown
from infra.sandbox.hub.drift import CHANGES_A_DAY, MAX_SPEED
from infra.sandbox.hub.errors import BadValue, DeclarationError
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.plants import DEFAULT_SHARE, load_faults, plant
from infra.sandbox.hub.server import HOST, listening_socket, serve
from infra.sandbox.hub.synthetic.making import MAX_SIZE, enlarged
from infra.sandbox.hub.trials import try_faults


def main() -> int:
    """Serve the hub until it is told to end; return the exit code."""
    arguments = _parser().parse_args()
    try:
        catalogue = load_catalogue(arguments.tools)
        if arguments.size is not None:
            catalogue = enlarged(catalogue, arguments.size, arguments.seed)
        faults = load_faults(arguments.plants_from)
        if arguments.plants_from is not None:
            try_faults(catalogue, faults)
        planted = plant(catalogue, faults, arguments.seed, arguments.plants)
        marketplace = Marketplace(catalogue, planted, arguments.seed, arguments.clock, arguments.drift)
        if arguments.plants_to is not None:
            arguments.plants_to.write_text(_rows(marketplace.truth()))
        bound = listening_socket(arguments.port)
    except DeclarationError as error:
        return _refused(str(error))
    except OSError as error:
        what = f"port {arguments.port} of {HOST}" if error.filename is None else error.filename
        return _refused(f"cannot use {what}: {error.strerror}")
    for sentence in catalogue.left_out:
        print(sentence, file=sys.stderr)
    serve(create_app(marketplace), bound)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.sandbox.hub",
        description="An API marketplace on this machine: real answers, some of its APIs broken on purpose.",
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="port on 127.0.0.1; 0 (default) takes a free one"
    )
    parser.add_argument("--seed", type=int, default=0, help="decides keys and planted faults (default 0)")
    parser.add_argument("--tools", type=Path, metavar="FOLDER", help="tool files that add to or replace ours")
    parser.add_argument(
        "--size", type=_size, metavar="N", help=f"invent tools until there are N, at most {MAX_SIZE}"
    )
    parser.add_argument(
        "--plants",
        type=_share,
        default=DEFAULT_SHARE,
        metavar="SHARE",
        help=f"share of APIs that are broken, 0 to 1 (default {DEFAULT_SHARE})",
    )
    parser.add_argument(
        "--clock",
        type=_moment,
        default=EPOCH,
        metavar="TIME",
        help=f"where the clock stands at first (default {shown(EPOCH)})",
    )
    parser.add_argument(
        "--plants-from", type=Path, metavar="FOLDER", help="fault files that add to or replace our kinds"
    )
    parser.add_argument(
        "--plants-to", type=Path, metavar="FILE", help="write there, as JSON, which are broken or will change"
    )
    parser.add_argument(
        "--drift",
        type=_speed,
        default=1.0,
        metavar="SPEED",
        help=f"how fast APIs change as the clock moves: 1 (default) is {CHANGES_A_DAY} a day, 0 never",
    )
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: give 0 to 65535")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a share: give a number from 0 to 1")
    return share


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_SIZE:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size: give 1 to {MAX_SIZE} tools")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= MAX_SPEED:
        raise argparse.ArgumentTypeError(f"'{text}' is not a speed: give a number from 0 to {MAX_SPEED:g}")
    return speed


def _moment(text: str) -> datetime.datetime:
    try:
        return read_moment(text)
    except BadValue as error:
        raise argparse.ArgumentTypeError(f"'{text}' {error}") from error


def _rows(rows: Sequence[object]) -> str:
    """Return a JSON list with one row a line."""
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
