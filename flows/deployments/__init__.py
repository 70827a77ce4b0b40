"""Sakuga on Prefect: flows, tasks, pages, gates that suspend a run, registration. The room that knows Prefect."""
