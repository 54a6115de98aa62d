"""What the benches share: running one process, printing a comparison, a PostgreSQL server of the bench's own."""
import os
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLOY = os.path.join(ROOT, "artifacts/publish/Ploy.Cli/release/ploy")


def native(path):
    """The native program's full path."""
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is not there: run ./x aot first.")
    return os.path.abspath(path)


def run(command, folder, expected=0):
    """Wall seconds and peak resident KiB of one process, run in a folder."""
    null = os.open(os.devnull, os.O_RDWR)
    error = os.open(f"{folder}/stderr", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    os.chdir(folder)
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, error, 2)])
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    os.close(null)
    os.close(error)
    if os.waitstatus_to_exitcode(status) != expected:
        with open(f"{folder}/stderr", encoding="utf-8") as text:
            sys.exit(f"{' '.join(command)} failed:\n{text.read()}")
    return seconds, usage.ru_maxrss


class Table:
    """One line for each program of a comparison; the first is what the others are compared with."""

    def __init__(self, base):
        print(f"| what | program | median ms | least ms | times {base} | least times | peak MiB |\n|---|---|---:|---:|---:|---:|---:|", flush=True)

    def show(self, what, results):
        base = None
        for name, samples in results.items():
            wall = [seconds for seconds, _ in samples]
            median, least = statistics.median(wall), min(wall)
            base = base or (median, least)
            memory = max(kib for _, kib in samples) / 1024
            print(f"| {what} | {name} | {median * 1000:.1f} | {least * 1000:.1f} | {median / base[0]:.2f} | {least / base[1]:.2f} | {memory:.0f} |", flush=True)


class Server:
    """A PostgreSQL of the bench's own with the settings that it comes with."""

    def __init__(self, folder):
        self.folder = folder
        initdb = shutil.which("initdb") or next((f"/usr/lib/postgresql/{v}/bin/initdb" for v in sorted(os.listdir("/usr/lib/postgresql"), key=int, reverse=True)), None)
        binaries = os.path.dirname(os.path.realpath(initdb))
        self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        os.chmod(folder, 0o755)
        data = f"{folder}/data"
        os.makedirs(data)
        if os.getuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        subprocess.run([*self.prefix, f"{binaries}/initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.port = 20000 + os.getpid() % 20000
        self.log = f"{folder}/server.log"
        self.process = subprocess.Popen([*self.prefix, f"{binaries}/postgres", "-D", data, "-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"], stderr=open(self.log, "w", encoding="utf-8"), cwd="/")
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}"
        while subprocess.run(["psql", "-qc", "select 1", f"{self.url}/postgres"], capture_output=True, check=False).returncode:
            time.sleep(0.1)

    def fresh(self, name):
        """Makes a database anew."""
        subprocess.run(["psql", "-qc", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", "-c", f"CREATE DATABASE {name}", f"{self.url}/postgres"], check=True, stderr=subprocess.DEVNULL)
        return f"{self.url}/{name}"

    def stop(self):
        self.process.send_signal(3)
        self.process.wait()
