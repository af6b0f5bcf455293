"""`slaledger postgres`: commands for the owner of a ledger on a server."""

from __future__ import annotations

import click

from ledger.store.postgres.roles import ROLES, roles_sql


@click.group()
def postgres() -> None:
    """A ledger on a PostgreSQL server."""


@postgres.command("roles", short_help="The SQL for three roles: recorder, finance, auditor.")
@click.option("--schema", default="public", show_default=True, metavar="NAME", help="The schema of the ledger.")
@click.option("--prefix", default="slaledger_", show_default=True, metavar="TEXT", help="What the names begin with.")
def roles(schema: str, prefix: str) -> None:
    """Print the SQL that makes three roles: recorder and finance read and append, the auditor reads and no more.

    Nothing is carried out: read it, and run it with psql as the owner of the ledger's tables, after `slaledger init`.

    \b
    Example:
      slaledger postgres roles
    """
    print(roles_sql(schema, {role: f"{prefix}{role}" for role in ROLES}), end="")
