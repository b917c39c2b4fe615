"""The command line: what is wrong ends in one sentence, and no file is left half written."""

import http.server
import json
import subprocess
import sys
import threading

import pytest

from infra.sandbox.tasks.__main__ import main
from tests.infra.sandbox.tasks.conftest import ROOT


@pytest.fixture
def run(capsys):
    """The command in this process; what it says and its exit code."""

    def called(*options):
        try:
            code = main([*map(str, options)])
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return subprocess.CompletedProcess(options, code, said.out, said.err)

    return called


@pytest.fixture
def refusal(run):
    def refused(*options):
        done = run(*options)
        assert done.returncode == 2 and done.stdout == "", done
        assert "Traceback" not in done.stderr
        return done.stderr.strip().splitlines()[-1]

    return refused


@pytest.fixture(scope="module")
def stranger():
    """A web server that is no hub."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'["a page"]')

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_help_teaches_with_examples():
    command = [sys.executable, "-m", "infra.sandbox.tasks", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert "examples:" in done.stdout and "--check-asks" in done.stdout and "README.md" in done.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--count", "0"], "'0' is no number of tasks: give 1 to 20000"),
        (["--count", "many"], "'many' is no number of tasks"),
        (["--count", "5"], "give --count and --to, or --check-asks"),
        (["--count", "5", "--to", "/no/such/folder/x.jsonl"], "cannot write /no/such/folder/x.jsonl"),
        (["--count", "5", "--to", "."], "is a folder; give the name of a file"),
        (["--count", "5", "--to", "x.jsonl", "--asks", "/no/asks"], "there is no folder /no/asks"),
        (["--count", "5", "--seed", "x", "--to", "x.jsonl"], "invalid int value: 'x'"),
    ],
)
def test_wrong_options_end_in_a_sentence(options, sentence, refusal):
    assert sentence in refusal("--hub", "http://127.0.0.1:9", *options)


def test_no_hub_there_is_said(tmp_path, refusal):
    said = refusal("--hub", "http://127.0.0.1:9", "--count", 1, "--to", tmp_path / "x.jsonl")
    assert said.startswith("no hub answers at http://127.0.0.1:9")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["nonsense", "http://", "ftp://127.0.0.1", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_said(address, tmp_path, refusal):
    said = refusal("--hub", address, "--count", 1, "--to", tmp_path / "x.jsonl")
    assert "hub answers at" in said or "is no address" in said


def test_another_server_is_told_from_a_hub(stranger, tmp_path, refusal):
    said = refusal("--hub", stranger, "--count", 1, "--to", tmp_path / "x.jsonl")
    assert f"what answers at {stranger} is no hub" in said


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(stranger, tmp_path, refusal):
    (tmp_path / "x.jsonl").write_text("before\n")
    refusal("--hub", stranger, "--count", 1, "--to", tmp_path / "x.jsonl")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before\n"]


def test_checking_asks_prints_mistakes_and_ends_with_one(sound_hub, tmp_path, run):
    (tmp_path / "sun-times.toml").write_text('[day-length]\nasks = ["How long?"]\nfacts = ["hours"]\n')
    done = run("--hub", sound_hub.address, "--asks", tmp_path, "--check-asks", "sun-times")
    assert done.returncode == 1
    assert "wrong: sun-times.toml [day-length]: asks: 'How long?' lacks the required" in done.stdout
    assert done.stdout.endswith("mistakes, 1 notes\n")


def test_a_hub_with_too_little_to_ask_says_how_much_there_is(tiny_hub, tmp_path, refusal):
    said = refusal("--hub", tiny_hub, "--count", 50, "--to", tmp_path / "x.jsonl")
    assert "different tasks could be made with the APIs of this hub" in said
    assert list(tmp_path.iterdir()) == []


def test_apis_without_an_asks_file_are_asked_for_in_their_documentations_words(tiny_hub, tmp_path, run):
    done = run("--hub", tiny_hub, "--count", 3, "--to", tmp_path / "x.jsonl")
    assert done.returncode == 0, done.stderr
    tasks = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert all("How high the water stands" in task["instruction"] for task in tasks)
    assert all(task["facts"] for task in tasks)


def test_nothing_that_works_is_said(broken_hub, tmp_path, refusal):
    said = refusal("--hub", broken_hub, "--count", 1, "--to", tmp_path / "x.jsonl")
    assert said == f"no API of the hub at {broken_hub} works, so there is nothing to ask for."
