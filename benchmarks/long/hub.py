"""A class on a JupyterHub: thirty simulated students open a lesson and run it; seconds, memory, and that nobody disturbs anybody.

    python benchmarks/long/hub.py --hub HUB/bin/python --env ENV/bin/python --users 30 --at-once 6

HUB is an environment with jupyterhub and jupyterhub-idle-culler (and configurable-http-proxy on the PATH), ENV one with the
wheel of this project and jupyterhub. The two files of docs/jupyterhub.md are used as they stand there, but for places, times and
who may log in. All on 127.0.0.1, in a temporary folder; Linux. `--record` keeps the numbers in docs/results/hub.json.
"""
import argparse
import asyncio
import contextlib
import json
import os
import platform
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from benchmarks._timing import Spread
from gensq_course.classroom import dashboard
from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.places import atomic_write, cores

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "results" / "hub.json"
BLOCK = re.compile(r"```(?:sh|python)\n((?:#![^\n]*\n)?# /srv/gensq/(\S+)\n.*?)```", flags=re.DOTALL)
LESSON, EXERCISE = "06_text_vae.ipynb", "kl_to_prior"
RIGHT = "return 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum(-1)"
WRONG = "return (mean**2 + log_var.exp() - 1 - log_var).sum(-1)"  # half is missing
OF_AN_OUTPUT = {"data", "metadata", "execution_count", "ename", "evalue", "traceback"}
LEAST_FREE = 3 * 2**30  # bytes: below it nobody begins a notebook
PATIENCE = 300  # seconds for a server to start, or for one cell
TO_LOG_IN = """
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"  # everybody is this account, in a home of their own
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.Spawner.args += ["--allow-root"] if {root} else []
c.JupyterHub.services += [{{"name": "bench", "api_token": "{token}"}}]
c.JupyterHub.load_roles += [{{"name": "bench", "services": ["bench"],
                             "scopes": ["admin:users", "admin:servers", "access:servers", "tokens"]}}]
"""


@dataclass
class Student:
    """One of the class, and what it waited for, in seconds."""

    name: str
    right: bool
    token: str = ""
    server: float = 0.0
    set_up: float = 0.0  # until the cell that imports everything is done
    notebook: float = 0.0
    errors: list[str] = field(default_factory=list)


@dataclass
class Memory:
    """Proportional memory (PSS) of the hub and all that it started, in bytes; the machine's least free memory."""

    most: int = 0
    least_free: int = 2**62
    kernels: list[int] = field(default_factory=list)


def places(folder: Path, env: Path, *, cull: int) -> tuple[Path, int, str]:
    """The two files of the page, with this folder for /srv/gensq; the port and the token to ask with."""
    files = {name: text for text, name in BLOCK.findall((ROOT / "docs" / "jupyterhub.md").read_text(encoding="utf-8"))}
    expect(set(files) == {"start", "jupyterhub_config.py"}, f"expected two files in docs/jupyterhub.md, got {sorted(files)}")
    (folder / "env").symlink_to(env.parents[1])
    for name in ("data", "models", "homes"):
        (folder / name).mkdir()
    port, hub_port, api_port = free_ports(3)
    token = secrets.token_hex(16)
    files["jupyterhub_config.py"] += TO_LOG_IN.format(homes=folder / "homes", port=port, hub_port=hub_port, api_port=api_port,
                                                      root=os.geteuid() == 0, token=token)
    changed = {"/srv/gensq": str(folder), "cull_idle_timeout=1800": f"cull_idle_timeout={cull}",
               "cull_interval=60": "cull_interval=5"}
    for name, text in files.items():
        for ours, here in changed.items():
            text = text.replace(ours, here)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "start").chmod(0o755)
    return folder / "jupyterhub_config.py", port, token


def free_ports(num: int) -> list[int]:
    """Different ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        open_now = [stack.enter_context(socket.socket()) for _ in range(num)]
        for each in open_now:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in open_now]


@contextlib.contextmanager
def running_hub(hub: Path, config: Path) -> Iterator[subprocess.Popen]:
    """JupyterHub, in a session of its own that is ended with all that it started."""
    own = {"PATH": f"{hub.parent}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    with (config.parent / "hub.log").open("w") as log:
        process = subprocess.Popen([hub, "-m", "jupyterhub", "-f", config], cwd=config.parent, env=os.environ | own,
                                   stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            left = family(process.pid)
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=60)
            for pid in [process.pid, *left]:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def family(pid: int) -> list[int]:
    """All that a process started, and what those started."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


def pss(pid: int) -> int:
    """Bytes of a process, shared ones by their share; 0 when it has ended."""
    with contextlib.suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), flags=re.MULTILINE)
        return 1024 * int(found[1]) if found else 0
    return 0


def free_memory() -> int:
    return 1024 * int(re.search(r"^MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text(), flags=re.MULTILINE)[1])


async def watch(process: subprocess.Popen, memory: Memory) -> None:
    """Looks every two seconds."""
    while True:
        sizes = {pid: pss(pid) for pid in [process.pid, *family(process.pid)]}
        memory.most = max(memory.most, sum(sizes.values()))
        memory.least_free = min(memory.least_free, free_memory())
        memory.kernels += [size for pid, size in sizes.items() if is_kernel(pid)]
        await asyncio.sleep(2)


def is_kernel(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"ipykernel_launcher" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


class Hub:
    """What is asked of the hub and of the students' servers, over HTTP."""

    def __init__(self, port: int, token: str):
        self.url, self.token = f"127.0.0.1:{port}", token
        self.client = AsyncHTTPClient(max_clients=200)

    async def ask(self, path: str, method: str = "GET", *, token: str = "", body: object = None) -> object:
        """The answer's JSON; None when it is empty."""
        text = json.dumps(body or {}) if method in ("POST", "PUT") else None
        request = HTTPRequest(f"http://{self.url}{path}", method, {"Authorization": f"token {token or self.token}"}, text,
                              request_timeout=PATIENCE, connect_timeout=60)
        answer = (await self.client.fetch(request)).body
        return json.loads(answer) if answer else None

    async def up(self) -> None:
        """Waits until it answers."""
        await until(lambda: self.ask("/hub/api/"), "the hub")

    async def start(self, student: Student) -> None:
        """The student's server, from the wish to its first answer."""
        begun = time.monotonic()
        with contextlib.suppress(HTTPClientError):  # "pending" is an error in its eyes; below it is waited for
            await self.ask(f"/hub/api/users/{student.name}/server", "POST")
        await until(lambda: self.ask(f"/user/{student.name}/api/status", token=student.token), f"the server of {student.name}")
        student.server = time.monotonic() - begun

    async def run(self, student: Student) -> None:
        """The lesson, cell by cell, in a kernel of the student's server; its outputs are saved there."""
        base = f"/user/{student.name}/api"
        notebook = (await self.ask(f"{base}/contents/{LESSON}", token=student.token))["content"]
        begun = time.monotonic()
        kernel = await self.ask(f"{base}/kernels", "POST", token=student.token, body={"name": "python3", "path": LESSON})
        request = HTTPRequest(f"ws://{self.url}{base}/kernels/{kernel['id']}/channels",
                              headers={"Authorization": f"token {student.token}"}, connect_timeout=60)
        socket = await websocket_connect(request, max_message_size=2**26)
        for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
            cell["source"] = answered(cell, student.right)
            cell["outputs"] = [output async for output in executed(socket, cell["source"])]
            student.errors += [output["ename"] for output in cell["outputs"] if output["output_type"] == "error"]
            student.set_up = student.set_up or (time.monotonic() - begun) * ("report.begin(" in cell["source"])
        student.notebook = time.monotonic() - begun
        socket.close()
        await self.ask(f"{base}/contents/{LESSON}", "PUT", token=student.token,
                       body={"type": "notebook", "format": "json", "content": notebook})

    async def refused(self, student: Student, other: Student) -> bool:
        """Whether a student's token opens nobody else's server."""
        try:
            await self.ask(f"/user/{other.name}/api/contents", token=student.token)
        except HTTPClientError as error:
            return error.code in (403, 404)
        return False

    async def kernels(self, student: Student) -> int:
        return len(await self.ask(f"/user/{student.name}/api/kernels", token=student.token))


def answered(cell: dict, right: bool) -> str:
    """The cell's source; the exercise gets an answer, right or wrong."""
    source = "".join(cell["source"])
    if "exercise" in cell["metadata"].get("tags", []) and f"def {EXERCISE}(" in source:
        return f"def {EXERCISE}(mean, log_var):\n    {RIGHT if right else WRONG}"
    return source


async def executed(socket, code: str) -> AsyncIterator[dict]:
    """What a cell shows, until its kernel is idle again."""
    asked = uuid.uuid4().hex
    header = {"msg_id": asked, "msg_type": "execute_request", "session": asked, "username": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
    await socket.write_message(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                                           "channel": "shell", "buffers": []}))
    while True:
        message = await asyncio.wait_for(socket.read_message(), PATIENCE)
        if isinstance(message, bytes):  # buffers of widgets
            continue
        message = json.loads(message)
        kind, said = message["header"]["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != asked:
            continue
        if kind == "status" and said["execution_state"] == "idle":
            return
        if kind in ("display_data", "execute_result", "error"):
            yield {"output_type": kind} | {key: said[key] for key in said.keys() & OF_AN_OUTPUT}


async def until(asked, what: str) -> None:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await asked()
        except (HTTPClientError, OSError):
            if time.monotonic() > end:
                raise GensqError(f"expected {what} within {PATIENCE} seconds, got no answer; read hub.log") from None
            await asyncio.sleep(0.5)


async def lesson_of(hub: Hub, student: Student, turn: asyncio.Semaphore) -> None:
    """Wait for a turn and for memory, then run."""
    async with turn:
        while free_memory() < LEAST_FREE:
            await asyncio.sleep(2)
        await hub.run(student)


async def measured(hub: Hub, process: subprocess.Popen, students: Sequence[Student], at_once: int, cull: int) -> dict:
    """The class: all servers at once, then the lesson, some at a time; then the kernels' end."""
    memory = Memory()
    await hub.up()
    watcher = asyncio.create_task(watch(process, memory))
    for student in students:
        await hub.ask(f"/hub/api/users/{student.name}", "POST")
        student.token = (await hub.ask(f"/hub/api/users/{student.name}/tokens", "POST"))["token"]
    begun = time.monotonic()
    await asyncio.gather(*map(hub.start, students))
    all_servers, idle = time.monotonic() - begun, sum(map(pss, family(process.pid)))
    turn = asyncio.Semaphore(at_once)
    begun = time.monotonic()
    await asyncio.gather(*(lesson_of(hub, student, turn) for student in students))
    everybody = time.monotonic() - begun
    apart = all(await asyncio.gather(*map(hub.refused, students, [*students[1:], students[0]]))) if len(students) > 1 else None
    await asyncio.sleep(cull + 15)
    left, after = sum(await asyncio.gather(*map(hub.kernels, students))), sum(map(pss, family(process.pid)))
    watcher.cancel()
    return {"all servers, s": all_servers, "all notebooks, s": everybody, "others' servers are refused": apart,
            "servers alone, bytes": idle, "most, bytes": memory.most, "least free, bytes": memory.least_free,
            "largest kernel, bytes": max(memory.kernels, default=0), "kernels after culling": left, "after culling, bytes": after}


def told_apart(homes: Path, students: Sequence[Student]) -> bool:
    """Whether each home holds its own student's answer: by the dashboard, as a teacher reads it."""
    found = dashboard.read_class(homes)
    verdicts = {name: own[LESSON.removesuffix(".ipynb")].checks[EXERCISE] for name, own in found.begun.items()}
    return verdicts == {student.name: "right" if student.right else "wrong" for student in students}


def written_beside(env: Path, since: float) -> list[str]:
    """Files of our packages in the shared environment that are newer than that; none is right."""
    site = next(env.parents[1].glob("lib/python*/site-packages"))
    return [str(path.relative_to(site)) for name in ("gensq_lib", "gensq_course") for path in (site / name).rglob("*")
            if path.is_file() and path.stat().st_mtime > since]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", type=Path, required=True, help="Python of an environment with jupyterhub")
    parser.add_argument("--env", type=Path, required=True, help="Python of the readers' environment")
    parser.add_argument("--users", type=int, default=2)
    parser.add_argument("--at-once", type=int, default=2, help="notebooks that run at the same time")
    parser.add_argument("--cull", type=int, default=20, help="seconds after which an idle kernel ends")
    parser.add_argument("--models", type=Path, help="finished models (runs/ of a cache), to be linked into homes")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args(arguments)
    students = [Student(f"s{1001 + at}", right=at % 2 == 0) for at in range(asked.users)]
    since = time.time()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # so that the hub is ended, too
    with tempfile.TemporaryDirectory(prefix="gensq-hub-") as folder:
        config, port, token = places(Path(folder), asked.env.absolute(), cull=asked.cull)
        for model in sorted(asked.models.glob("*.pt")) if asked.models else ():
            (config.parent / "models" / model.name).write_bytes(model.read_bytes())
        try:
            with running_hub(asked.hub.absolute(), config) as process:
                found = asyncio.run(measured(Hub(port, token), process, students, asked.at_once, asked.cull))
        except BaseException:
            print((config.parent / "hub.log").read_text()[-3_000:], file=sys.stderr)
            raise
        found |= {"each home has its own work": told_apart(config.parent / "homes", students),
                  "cache of a home, bytes": max(size_of(home / ".cache") for home in (config.parent / "homes").iterdir())}
    found |= {"written beside the library": written_beside(asked.env.absolute(), since),
              "errors": sum(len(student.errors) for student in students), "users": asked.users, "at once": asked.at_once,
              "models": bool(asked.models), "cores": cores(),
              "memory, bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "python": platform.python_version()}
    for name in ("server", "set_up", "notebook"):
        found[f"{name}, s"] = asdict(Spread.of([getattr(student, name) for student in students]))
    print(json.dumps(found, indent=1))
    if asked.record:
        with atomic_write(RESULTS) as path:
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def size_of(folder: Path) -> int:
    """Bytes of a folder's own files; links count nothing."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
