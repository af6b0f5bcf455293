"""`slaledger postgres`: commands for the owner of a ledger on a server."""

from __future__ import annotations

import click

from ledger.store.postgres.roles import ROLES, roles_sql


@click.group()
def postgres() -> None:
    """Set up a ledger on a PostgreSQL server."""


@postgres.command("roles", short_help="Print the SQL for the roles, and for what each may record.")
@click.option("--schema", default="public", show_default=True, metavar="NAME", help="The schema of the ledger.")
@click.option(
    "--prefix", default="slaledger_", show_default=True, metavar="TEXT", help="The prefix of the roles' names."
)
def roles(schema: str, prefix: str) -> None:
    """Print the SQL that makes the roles recorder, finance, approver, steward and auditor.

    The server then holds what each may record, under which name, and when. The command only prints. Read the SQL, and
    run it with psql as the owner of the ledger's tables, after `slaledger init` and after each upgrade.

    \b
    Example:
      slaledger postgres roles
    """
    print(roles_sql(schema, {role: f"{prefix}{role}" for role in ROLES}), end="")
