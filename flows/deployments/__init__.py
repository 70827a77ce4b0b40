"""Sakuga on Prefect: flows, tasks, pages, gates that suspend a run, registration. Most of the Prefect code is here."""
