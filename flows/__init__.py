"""Which stage runs, when, and on which worker. The only layer that knows Prefect."""

from flows.settings import send_no_telemetry

# At import, because Prefect reads its settings when it is imported, and every flow's module imports it.
send_no_telemetry()
