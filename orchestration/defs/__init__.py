"""One package per domain: its assets, jobs, schedules, resources and checks."""
