"""The oracle's own view of the portal's database: SQL, read only."""

import json
import sqlite3
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]
JSON_COLUMNS = ("inventory", "base", "resources", "conditions", "identity", "content", "capabilities", "serving_override")


class Database:
    """SQLite or PostgreSQL by its URL; each question on a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, sql: str) -> list[Row]:
        """The answer to a SELECT as dicts, JSON columns decoded."""
        connection = self._connect()
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            return [_decoded(dict(zip(names, values, strict=True))) for values in cursor.fetchall()]
        finally:
            connection.close()

    def _connect(self) -> Any:
        if self.url.startswith("sqlite"):
            return sqlite3.connect(f"file:{urlsplit(self.url).path[1:]}?mode=ro", uri=True, timeout=10)
        import psycopg

        return psycopg.connect(self.url, autocommit=True)

    def namespaces(self) -> list[Row]:
        """Every namespace's row with its team and its cluster's user prefix."""
        return self.rows(
            "SELECT n.*, t.name AS team_name, c.identity FROM tenants_namespace n"
            " JOIN accounts_team t ON t.id = n.team_id JOIN clusters_cluster c ON c.id = n.cluster_id"
        )

    def deployments(self) -> list[Row]:
        """Every deployment's row with its namespace's name, the content of the revision that serves, and what its cluster can do."""
        return self.rows(
            "SELECT d.*, n.name AS namespace_name, n.deletion_requested_at AS namespace_ends_at,"
            " r.content, c.capabilities, c.serving_override FROM deployments_modeldeployment d"
            " JOIN tenants_namespace n ON n.id = d.namespace_id JOIN clusters_cluster c ON c.id = d.cluster_id"
            " LEFT JOIN deployments_revision r ON r.id = d.revision_id"
        )

    def grants(self, namespace: int) -> list[Row]:
        """Its grants that have not ended."""
        return self.rows(f"SELECT * FROM tenants_grant WHERE namespace_id = {int(namespace)} AND ended_at IS NULL")  # noqa: S608

    def members(self, team: int) -> list[Row]:
        """username and role of the team's active people."""
        joined = "accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
        return self.rows(f"SELECT u.username, m.role FROM {joined} WHERE m.team_id = {int(team)} AND u.is_active")  # noqa: S608

    def flavors(self, cluster: int) -> dict[str, str]:
        """Resource name by flavor."""
        found = self.rows(f"SELECT name, resource_name FROM clusters_gpuflavor WHERE cluster_id = {int(cluster)}")  # noqa: S608
        return {row["name"]: row["resource_name"] for row in found}


def _decoded(row: Row) -> Row:
    return {name: json.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value for name, value in row.items()}
