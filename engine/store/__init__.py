"""Where everything is kept: tables, the connection, and the one place that commits."""
