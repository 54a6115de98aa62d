#!/usr/bin/env python3
"""Measures `ploy migrate deploy` and `migrate dev` beside `psql`, on a server of their own with durability on.

Programs take turns, so that a busy minute slows all of them; what counts is the ratio within a run. Shown: median and least wall time,
the ratio of medians, peak resident memory.
    ./x aot && ./x bench deploy [--runs N] [--sizes 400,2000] [--ploy PATH] [--url URL]
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def script(number):
    """The n-th migration of a history as teams write them: 3 of 5 make a table, the others change one."""
    table = f"t{number // 5 * 5 + number % 3}"
    match number % 5:
        case 3:
            return f'ALTER TABLE "{table}" ADD COLUMN "extra" JSONB NOT NULL DEFAULT \'{{}}\';\nCREATE INDEX "{table}_created_idx" ON "{table}"("created");\n'
        case 4:
            other = f"t{number // 5 * 5}"
            return f'ALTER TABLE "t{number // 5 * 5 + 1}" ADD COLUMN "parent" INTEGER;\nALTER TABLE "t{number // 5 * 5 + 1}" ADD CONSTRAINT "fk{number}" FOREIGN KEY ("parent") REFERENCES "{other}"("id") ON DELETE SET NULL ON UPDATE CASCADE;\n'
    return (
        f'-- CreateTable\nCREATE TABLE "t{number}" (\n    "id" SERIAL NOT NULL,\n    "name" TEXT NOT NULL,\n    "mail" TEXT,\n'
        f'    "created" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n\n    CONSTRAINT "t{number}_pkey" PRIMARY KEY ("id")\n);\n\n'
        f'-- CreateIndex\nCREATE UNIQUE INDEX "t{number}_mail_key" ON "t{number}"("mail");\n'
    )


def schema(count):
    """The schema that so many migrations lead to, and one new model."""
    text = ['datasource db {\n  provider = "postgresql"\n}\n\nmodel New {\n  id Int @id\n}\n']
    for number in (n for n in range(count) if n % 5 < 3):
        first = number // 5 * 5
        lines = ["id Int @id @default(autoincrement())", "name String", "mail String? @unique", "created DateTime @default(now())"]
        if first + 3 < count and (first + 3) % 3 == number % 5:
            lines += ['extra Json @default("{}")', f'@@index([created], map: "t{number}_created_idx")']
        if first + 4 < count and number % 5 == 1:
            lines += ["parent Int?", f'owner t{first}? @relation(fields: [parent], references: [id], map: "fk{first + 4}")']
        if first + 4 < count and number % 5 == 0:
            lines += [f"children t{first + 1}[]"]
        text.append(f"model t{number} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n")
    return "\n".join(text)


def project(folder, count):
    """A project with that many migrations, and the same as one psql file with a transaction each."""
    os.makedirs(f"{folder}/migrations")
    with open(f"{folder}/schema.prisma", "w", encoding="utf-8") as file:
        file.write(schema(count))
    with open(f"{folder}/migrations/migration_lock.toml", "w", encoding="utf-8") as file:
        file.write('provider = "postgresql"\n')
    with open(f"{folder}/all.sql", "w", encoding="utf-8") as everything:
        for number in range(count):
            name = f"2026{1 + number // 1000:02}{1 + number // 50 % 20:02}{number % 50 // 10:02}{number % 10:02}00_step{number}"
            os.makedirs(f"{folder}/migrations/{name}")
            with open(f"{folder}/migrations/{name}/migration.sql", "w", encoding="utf-8") as file:
                file.write(script(number))
            everything.write(f"BEGIN;\n{script(number)}COMMIT;\n")


def run(command, folder):
    """Wall seconds and peak resident KiB of one process."""
    null = os.open(os.devnull, os.O_RDWR)
    error = os.open(f"{folder}/stderr", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    os.chdir(folder)
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, error, 2)])
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    os.close(null)
    os.close(error)
    if os.waitstatus_to_exitcode(status) != 0:
        with open(f"{folder}/stderr", encoding="utf-8") as text:
            sys.exit(f"{' '.join(command)} failed:\n{text.read()}")
    return seconds, usage.ru_maxrss


class Table:
    """One line for each program of a comparison; the first is what the others are compared with."""

    def __init__(self):
        print("| what | program | median ms | least ms | times psql | peak MiB |\n|---|---|---:|---:|---:|---:|")

    def show(self, what, results):
        base = None
        for name, samples in results.items():
            wall = [seconds for seconds, _ in samples]
            median = statistics.median(wall)
            base = base or median
            print(f"| {what} | {name} | {median * 1000:.1f} | {min(wall) * 1000:.1f} | {median / base:.2f} | {max(kib for _, kib in samples) / 1024:.0f} |", flush=True)


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
        self.process = subprocess.Popen([*self.prefix, f"{binaries}/postgres", "-D", data, "-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"], stderr=subprocess.DEVNULL, cwd="/")
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


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ploy", default=os.path.join(ROOT, "artifacts/publish/Ploy.Cli/release/ploy"))
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--sizes", default="400,2000")
    options = arguments.parse_args()
    ploy = os.path.abspath(options.ploy)
    if not os.access(ploy, os.X_OK):
        sys.exit(f"{ploy} is not there: run ./x aot first.")
    work = tempfile.mkdtemp(prefix="ploy-bench-")
    server = Server(work)
    try:
        measure(ploy, server, work, options)
    finally:
        server.stop()
        os.chdir("/")
        shutil.rmtree(work)


def measure(ploy, server, work, options):
    table = Table()
    for size in (int(s) for s in options.sizes.split(",")):
        folder = f"{work}/{size}"
        project(folder, size)
        deploys = {"psql, a transaction each": [], "ploy": []}
        for _ in range(options.runs):
            deploys["psql, a transaction each"].append(run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", "all.sql", server.fresh("bench")], folder))
            deploys["ploy"].append(run([ploy, "migrate", "deploy", "--url", server.fresh("bench")], folder))
        table.show(f"deploy of {size}", deploys)

        url = f"{server.url}/bench"
        idle = {"psql -c 'select 1'": [], "ploy": []}
        for _ in range(options.runs * 4):
            idle["psql -c 'select 1'"].append(run(["psql", "-qXc", "select 1", url], folder))
            idle["ploy"].append(run([ploy, "migrate", "deploy", "--url", url], folder))
        table.show(f"nothing pending of {size}", idle)

        dev = {"psql -c 'select 1'": [], "ploy, cold": [], "ploy, warm": []}
        for _ in range(options.runs):
            shutil.rmtree(f"{folder}/.ploy", ignore_errors=True)
            dev["psql -c 'select 1'"].append(run(["psql", "-qXc", "select 1", url], folder))
            for kind in ("cold", "warm"):
                dev[f"ploy, {kind}"].append(run([ploy, "migrate", "dev", "--create-only", "--name", "x", "--url", url], folder))
                for name in os.listdir(f"{folder}/migrations"):
                    if name.endswith("_x"):
                        shutil.rmtree(f"{folder}/migrations/{name}")
        table.show(f"dev, {size} applied", dev)


main()
