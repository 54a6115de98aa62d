#!/usr/bin/env python3
"""Measures `ploy migrate deploy` and `migrate dev` beside `psql`, on a server of their own with durability on.

Programs take turns, so that a busy minute slows all of them; what counts is the ratio within a run. Shown: median and least wall time,
the ratio of medians, peak resident memory.
    ./x aot && ./x bench deploy [--runs N] [--sizes 400,2000] [--ploy PATH] [--url URL]
"""
import argparse
import os
import shutil
import tempfile

from measure import PLOY, Server, Table, native, run


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


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ploy", default=PLOY)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--sizes", default="400,2000")
    options = arguments.parse_args()
    ploy = native(options.ploy)
    work = tempfile.mkdtemp(prefix="ploy-bench-")
    server = Server(work)
    try:
        measure(ploy, server, work, options)
    finally:
        server.stop()
        os.chdir("/")
        shutil.rmtree(work)


def measure(ploy, server, work, options):
    table = Table("psql")
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
